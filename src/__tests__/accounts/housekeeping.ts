import { expect, test } from "vitest";
import { newOwner } from "../support/owner.ts";
import type { AccountsStage } from "./stage.ts";

/** Rows of an age, in days: each twice in a table, once too old and once just young enough. */
const AGES = [
  { table: "users", old: 8, young: 6 },
  { table: "audit_events", old: 401, young: 399 },
  { table: "email_deliveries", old: 91, young: 89 },
  { table: "rate_limits", old: 1.1, young: 0.9 },
  { table: "verifications", old: 0.1, young: -0.1 },
] as const;

type Table = (typeof AGES)[number]["table"];

/** What goes by itself when its time is over. */
export function describeHousekeeping(stage: AccountsStage): void {
  const query = (sql: string) => stage.database.query(sql);

  test("rows whose time is over go with the next sign-in, and no others", async () => {
    // Where nobody has signed in yet: an isolate sweeps once an hour.
    const worker = await stage.withNewJwtSecret();
    const owner = await newOwner(worker);
    for (const { table, old, young } of AGES) {
      await query(insert(table, "old", old));
      await query(insert(table, "young", young));
    }
    await query(`INSERT INTO email_deliveries (id, template, "idempotencyKey", "createdAt", "updatedAt")
      VALUES ('swept-lost', 't', 'lost', now() - interval '11 min', now()), ('swept-going', 't', 'going', now(), now())`);

    await owner.signIn();
    const left = async (table: Table) =>
      (await query(`SELECT id FROM ${table} WHERE id LIKE 'swept-%' ORDER BY id`)).map(({ id }) => id);

    await expect.poll(() => left("users")).toEqual(["swept-young"]);
    expect(await Promise.all((["audit_events", "rate_limits", "verifications"] as const).map(left))).toEqual([
      ["swept-young"],
      ["swept-young"],
      ["swept-young"],
    ]);
    expect(
      await query(`SELECT id, state, "lastError" FROM email_deliveries WHERE id LIKE 'swept-%' ORDER BY id`),
    ).toEqual([
      { id: "swept-going", state: "pending", lastError: null },
      { id: "swept-lost", state: "failed", lastError: "lost" },
      { id: "swept-young", state: "sent", lastError: null },
    ]);
  });
}

function insert(table: Table, name: string, days: number): string {
  const id = `swept-${name}`;
  const then = `now() - interval '1 day' * ${days}`;
  switch (table) {
    case "users":
      return `INSERT INTO users (id, name, email, "createdAt", "updatedAt") VALUES ('${id}', 'N', '${id}@example.com', ${then}, now())`;
    case "audit_events":
      return `INSERT INTO audit_events (id, "userId", type, "requestId", at) VALUES ('${id}', 'u', 'sign_in', 'r', ${then})`;
    case "email_deliveries":
      return `INSERT INTO email_deliveries (id, template, "idempotencyKey", state, "createdAt", "updatedAt") VALUES ('${id}', 't', '${id}', 'sent', ${then}, now())`;
    case "rate_limits":
      return `INSERT INTO rate_limits (id, key, count, "lastRequest") VALUES ('${id}', '${id}', 1, extract(epoch FROM ${then}) * 1000)`;
    case "verifications":
      return `INSERT INTO verifications (id, identifier, value, "expiresAt", "updatedAt") VALUES ('${id}', '${id}', 'v', ${then}, now())`;
  }
}
