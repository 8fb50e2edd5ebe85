import { createHash, randomUUID } from "node:crypto";
import process from "node:process";
import { probeHttp } from "delivery";
import { VERSION_HEADER } from "health-contract";
import { Client } from "pg";
import { given } from "./given.ts";

const TIMEOUT_MS = 10_000;
/** A cube's corner: the smallest model that counts as one. */
const MODEL = `solid probe
facet normal 0 0 1
outer loop
vertex 0 0 0
vertex 1 0 0
vertex 0 1 0
endloop
endfacet
endsolid probe
`;

const url = given("DELIVERY_URL");
const version = given("DELIVERY_VERSION");
const worker = given("DELIVERY_WORKER");
const NAME = "A probe";
/** As the app's own deletion does it: the files go from the bucket later. */
const LEAVE = `
  WITH gone AS (DELETE FROM users WHERE email = $1 RETURNING id)
  INSERT INTO leftovers ("ownerId", uploads, "createdAt", "updatedAt") SELECT id, '[]', now(), now() FROM gone`;

const cookies = new Map<string, string>();
const email = `probe-${randomUUID()}@example.com`;
const password = randomUUID();

/** @throws {Error} with what went wrong; the account is gone again then too */
export async function visit(): Promise<void> {
  const database = new Client({
    connectionString: given("DIRECT_DATABASE_URL"),
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  // The query that waits hears of it.
  database.on("error", () => undefined);
  await database.connect();
  try {
    await goThrough(database).finally(() => database.query(LEAVE, [email]));
  } finally {
    await database.end();
  }
}

async function goThrough(database: Client): Promise<void> {
  await post("/api/auth/sign-up/email", { name: NAME, email, password });
  // In the place of the mail's link: nobody would get it.
  await database.query(`UPDATE users SET "emailVerified" = true WHERE email = $1`, [email]);
  await post("/api/auth/sign-in/email", { email, password });
  await upload();
  const page = await send("GET", "/dashboard", { headers: { accept: "text/html" } });
  if (!page.includes(NAME)) throw new Error("/dashboard doesn't know who is signed in");
  console.log("gate-shop: signed up, signed in, uploaded a model and saw the dashboard");
}

async function upload(): Promise<void> {
  const content = Buffer.from(MODEL);
  const plan = await post("/api/files", { name: "probe.stl", kind: "print", sizeBytes: content.byteLength });
  const { id } = JSON.parse(plan) as { readonly id: string };
  const sha256 = createHash("sha256").update(content).digest("hex");
  await send("PUT", `/api/files/${id}/parts/1`, {
    headers: { "content-length": String(content.byteLength), "x-content-sha256": sha256 },
    body: MODEL,
  });
  await post(`/api/files/${id}/complete`, { sha256 });
}

function post(path: string, body: unknown): Promise<string> {
  const headers = { "content-type": "application/json" };
  return send("POST", path, { headers, body: JSON.stringify(body) });
}

/** Asks the candidate itself, and keeps its cookies. */
async function send(
  method: string,
  path: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body?: string },
): Promise<string> {
  const connectTo = process.env["DELIVERY_CONNECT_TO"] || undefined;
  const answer = await probeHttp(
    {
      url: new URL(path, url).href,
      connectTo,
      method,
      headers: {
        origin: originOf(url, connectTo),
        "x-delivery-probe": "gate-shop",
        "Cloudflare-Workers-Version-Overrides": `${worker}="${version}"`,
        ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    },
    TIMEOUT_MS,
  );
  const what = `${method} ${path}`;
  if (answer.kind === "none") throw new Error(`${what}: ${answer.reason}`);
  const answering = answer.headers[VERSION_HEADER];
  if (answering !== version) throw new Error(`${what}: version ${answering ?? "unknown"} answered`);
  if (answer.status >= 400) throw new Error(`${what}: HTTP ${answer.status} ${answer.body.slice(0, 200)}`);
  for (const line of (answer.headers["set-cookie"] ?? "").split("\n")) {
    const [, name, value] = /^(?<name>[^=;]+)=(?<value>[^;]*)/u.exec(line) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
  return answer.body;
}

/** As the app sees it: with the scheme that is really spoken, which is HTTP at a local edge. */
function originOf(address: string, connectTo: string | undefined): string {
  const seen = new URL(address);
  if (connectTo !== undefined) seen.protocol = new URL(connectTo).protocol;
  return seen.origin;
}
