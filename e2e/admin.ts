import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { test } from "@playwright/test";
import type { Person } from "./person.ts";

/** By `npm run admin`, in the database of E2E_DIRECT_DATABASE_URL; where nobody hands that out, the test is skipped. */
export async function makeAdmin({ email }: Person): Promise<void> {
  const { E2E_DIRECT_DATABASE_URL: dsn = "" } = process.env;
  test.skip(dsn === "", "E2E_DIRECT_DATABASE_URL is not given");
  const script = join(import.meta.dirname, "..", "scripts", "admin.ts");
  await promisify(execFile)(process.execPath, [script, email], {
    env: { ...process.env, DIRECT_DATABASE_URL: dsn },
  });
}
