import { neon, neonConfig, Pool, type PoolConfig } from "@neondatabase/serverless";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestXata, type TestXata } from "./test-service.ts";

let xata: TestXata;

beforeAll(async () => {
  xata = await startTestXata();
  neonConfig.fetchEndpoint = () => `http://127.0.0.1:${xata.service.port}/sql`;
  neonConfig.wsProxy = () => `127.0.0.1:${xata.service.port}/v2`;
  neonConfig.useSecureWebSocket = false;
  await xata.ask({ query: "CREATE TABLE prints (id int PRIMARY KEY, note text)" });
});

afterAll(async () => xata.stop());

async function inPool<T>(config: PoolConfig, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = new Pool({ connectionString: xata.url, ...config });
  pool.on("error", () => {});
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

test("the official driver queries over HTTP, and its types come back whole", async () => {
  const sql = neon(xata.url);

  const rows = await sql`SELECT ${9_007_199_254_740_993n}::int8 AS big, ${["a", 'b"c']}::text[] AS list,
    ${new Date("2026-01-02T03:04:05.678Z")}::timestamptz AS at, ${{ nested: [1] }}::jsonb AS json, ${true}::bool AS yes,
    '\\x00ff'::bytea AS bytes, 12.340::numeric AS price, NULL AS nothing, '{}'::int[] AS none`;

  expect(rows).toEqual([
    {
      big: "9007199254740993",
      list: ["a", 'b"c'],
      at: new Date("2026-01-02T03:04:05.678Z"),
      json: { nested: [1] },
      yes: true,
      bytes: Buffer.from([0, 255]),
      price: "12.340",
      nothing: null,
      none: [],
    },
  ]);
});

test("the official driver's transaction is one batch", async () => {
  const sql = neon(xata.url);
  const insert = () => sql`INSERT INTO prints VALUES (1, 'in a batch')`;

  await expect(sql.transaction([insert(), insert()])).rejects.toMatchObject({
    code: "23505",
    table: "prints",
  });
  const none = await sql`SELECT * FROM prints`;
  const [, both] = await sql.transaction([insert(), sql`SELECT note FROM prints`], {
    isolationLevel: "Serializable",
  });

  expect(none).toEqual([]);
  expect(both).toEqual([{ note: "in a batch" }]);
});

test.each(["password", false] as const)(
  "the official driver's pool has sessions over a WebSocket, with pipelined login %s",
  async (pipelineConnect) => {
    neonConfig.pipelineConnect = pipelineConnect;

    const backends = await inPool({ max: 1 }, async (pool) => {
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query("INSERT INTO prints VALUES (2, 'rolled back')");
      const { rows } = await client.query(
        "SELECT current_user AS user, count(*)::int AS prints FROM prints WHERE id = 2",
      );
      await client.query("ROLLBACK");
      client.release();
      return [rows[0], (await pool.query("SELECT count(*)::int AS prints FROM prints WHERE id = 2")).rows[0]];
    });

    expect(backends).toEqual([{ user: "my-app-staging", prints: 1 }, { prints: 0 }]);
  },
);

test.each(["password", false] as const)(
  "a wrong password is refused, with pipelined login %s",
  async (pipelineConnect) => {
    neonConfig.pipelineConnect = pipelineConnect;
    const connectionString = xata.url.replace(/:[^:@/]+@/u, ":wrong@");

    const refused = inPool({ connectionString }, async (pool) => pool.query("SELECT 1"));

    await expect(refused).rejects.toMatchObject({ code: "28P01" });
  },
);
