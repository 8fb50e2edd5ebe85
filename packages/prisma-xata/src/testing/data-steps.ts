/**
 * What an application does with its data, step by step; each step's outcome is comparable as JSON, whatever ran it. Runs in Node.js
 * and in workerd.
 */

/** As much of a generated client as the steps use: its real type exists only after `prisma generate`. */
export interface Client {
  readonly maker: Model;
  readonly spool: Model;
  readonly tag: Model;
  readonly everything: Model;
  readonly $queryRaw: (strings: TemplateStringsArray, ...values: readonly unknown[]) => Promise<unknown>;
  readonly $executeRaw: (strings: TemplateStringsArray, ...values: readonly unknown[]) => Promise<unknown>;
  readonly $transaction: (
    work: readonly Promise<unknown>[] | ((transaction: Client) => Promise<unknown>),
    options?: { readonly isolationLevel?: string; readonly timeout?: number },
  ) => Promise<unknown>;
  readonly $disconnect: () => Promise<void>;
}

type Model = Readonly<Record<Operation, (args?: unknown) => Promise<unknown>>>;

type Operation =
  | "aggregate"
  | "count"
  | "create"
  | "createMany"
  | "createManyAndReturn"
  | "delete"
  | "deleteMany"
  | "findFirst"
  | "findMany"
  | "findUnique"
  | "findUniqueOrThrow"
  | "groupBy"
  | "update"
  | "updateMany"
  | "updateManyAndReturn"
  | "upsert";

export interface Step {
  readonly name: string;
  readonly run: (client: Client) => Promise<unknown>;
}

const RED = "00000000-0000-4000-8000-000000000001";
const BLUE = "00000000-0000-4000-8000-000000000002";
const GREEN = "00000000-0000-4000-8000-000000000003";
const AWKWARD = String.raw`it's "quoted" \back\slash $1 {a,b} NULL` + "\n\t☃ 🧵";

const ALL_TYPES = {
  big: 9_223_372_036_854_775_807n,
  small: -32_768,
  real: 1.5,
  double: 1e-300,
  price: "12345678901234567890.0123456789",
  money: "12.34",
  yes: true,
  text: AWKWARD,
  char: "ab",
  uuid: RED,
  inet: "10.0.0.1",
  bit: "1010",
  xml: "<a/>",
  json: { nested: [1, null, AWKWARD] },
  jsonb: ["x", { y: false }],
  bytes: Uint8Array.of(0, 1, 127, 128, 255),
  at: new Date("2026-01-02T03:04:05.678Z"),
  atZone: new Date("1969-12-31T23:59:59.999Z"),
  day: new Date("2026-02-28T00:00:00Z"),
  time: new Date("1970-01-01T13:14:15.160Z"),
  timeZone: new Date("1970-01-01T23:14:15Z"),
  material: "PETG",
  numbers: [1, -2, 3],
  bigs: [1n, -9_007_199_254_740_993n],
  doubles: [0.1, -2.5],
  prices: ["0.10", "-1.5"],
  flags: [true, false],
  texts: ["", "NULL", AWKWARD],
  uuids: [RED, BLUE],
  jsons: [{ a: 1 }, [null]],
  byteses: [Uint8Array.of(1), new Uint8Array()],
  times: [new Date("2026-01-02T03:04:05.006Z")],
  days: [new Date("2026-02-28T00:00:00Z")],
  materials: ["PLA", "PETG"],
};

export const DATA_STEPS: readonly Step[] = [
  {
    name: "create a row",
    run: async (db) => db.maker.create({ data: { id: 1, email: "ada@example.com", name: "Ada" } }),
  },
  {
    name: "create rows with their relations",
    run: async (db) =>
      db.maker.create({
        data: {
          id: 2,
          email: "bob@example.com",
          spools: {
            create: [
              { id: RED, color: "red" },
              { id: BLUE, color: "blue", material: "PETG", grams: 250 },
            ],
          },
          tags: { connectOrCreate: [{ where: { name: "new" }, create: { name: "new" } }] },
        },
        include: { spools: { orderBy: { color: "asc" } }, tags: true },
      }),
  },
  {
    name: "create many rows",
    run: async (db) => db.tag.createMany({ data: [{ name: "a" }, { name: "b" }, { name: "c" }] }),
  },
  {
    name: "create many rows, skipping those that exist, and get them back",
    run: async (db) =>
      db.tag.createManyAndReturn({ data: [{ name: "c" }, { name: "d" }], skipDuplicates: true }),
  },
  {
    name: "find one row by its key",
    run: async (db) => db.maker.findUnique({ where: { email: "ada@example.com" } }),
  },
  { name: "find no row", run: async (db) => db.maker.findUnique({ where: { id: 404 } }) },
  {
    name: "find rows with a filter over a relation",
    run: async (db) =>
      db.maker.findMany({ where: { spools: { some: { grams: { lt: 500 } } } }, include: { spools: true } }),
  },
  {
    name: "find rows with a list, a pattern, an order, a limit and an offset",
    run: async (db) =>
      db.tag.findMany({
        where: { OR: [{ name: { in: ["a", "b", "c"] } }, { name: { contains: "E", mode: "insensitive" } }] },
        orderBy: { name: "desc" },
        skip: 1,
        take: 2,
      }),
  },
  {
    name: "find rows after a cursor",
    run: async (db) => db.tag.findMany({ cursor: { name: "b" }, skip: 1, orderBy: { name: "asc" } }),
  },
  {
    name: "find several rows by key at once",
    run: async (db) => Promise.all([1, 2, 3].map(async (id) => db.maker.findUnique({ where: { id } }))),
  },
  {
    name: "change a number relative to itself",
    run: async (db) => db.spool.update({ where: { id: RED }, data: { grams: { decrement: 300 } } }),
  },
  {
    name: "change a row and its relations",
    run: async (db) =>
      db.maker.update({
        where: { id: 2 },
        data: {
          name: "Bob",
          tags: { connect: [{ name: "a" }], disconnect: [{ name: "new" }] },
          spools: {
            update: { where: { id: BLUE }, data: { color: "navy" } },
            create: { id: GREEN, color: "green" },
          },
        },
        include: { tags: true, spools: { orderBy: { color: "asc" } } },
      }),
  },
  {
    name: "change many rows and get them back",
    run: async (db) =>
      db.spool.updateManyAndReturn({ where: { makerId: 2, color: "green" }, data: { material: "PETG" } }),
  },
  {
    name: "count changed rows",
    run: async (db) => db.spool.updateMany({ data: { grams: { increment: 1 } } }),
  },
  {
    name: "insert or update: insert",
    run: async (db) =>
      db.maker.upsert({
        where: { id: 3 },
        create: { id: 3, email: "cy@example.com" },
        update: { name: "Cy" },
      }),
  },
  {
    name: "insert or update: update",
    run: async (db) =>
      db.maker.upsert({
        where: { id: 3 },
        create: { id: 3, email: "cy@example.com" },
        update: { name: "Cy" },
      }),
  },
  { name: "count rows", run: async (db) => db.spool.count({ where: { material: "PETG" } }) },
  {
    name: "aggregate",
    run: async (db) =>
      db.spool.aggregate({ _sum: { grams: true }, _avg: { grams: true }, _max: { color: true } }),
  },
  {
    name: "group",
    run: async (db) =>
      db.spool.groupBy({
        by: ["material"],
        _count: true,
        _min: { grams: true },
        orderBy: { material: "asc" },
      }),
  },
  { name: "write every type", run: async (db) => db.everything.create({ data: ALL_TYPES }) },
  { name: "write nothing but defaults", run: async (db) => db.everything.create({ data: {} }) },
  { name: "read every type", run: async (db) => db.everything.findMany({ orderBy: { id: "asc" } }) },
  {
    name: "filter by times, decimals, bytes, lists and JSON",
    run: async (db) =>
      db.everything.count({
        where: {
          at: ALL_TYPES.at,
          atZone: { lt: new Date(0) },
          day: ALL_TYPES.day,
          time: ALL_TYPES.time,
          price: ALL_TYPES.price,
          bytes: ALL_TYPES.bytes,
          big: ALL_TYPES.big,
          texts: { has: AWKWARD },
          numbers: { hasEvery: [1, 3] },
          materials: { equals: ["PLA", "PETG"] },
          json: { path: ["nested", "0"], equals: 1 },
        },
      }),
  },
  {
    name: "change lists and JSON",
    run: async (db) =>
      db.everything.update({
        where: { id: 1 },
        data: { numbers: { push: 4 }, jsonb: "text", bytes: new Uint8Array(), texts: { set: [] } },
        select: { numbers: true, jsonb: true, bytes: true, texts: true },
      }),
  },
  {
    name: "a long text",
    run: async (db) => {
      await db.everything.update({ where: { id: 2 }, data: { text: "☃".repeat(200_000) } });
      return db.$queryRaw`SELECT length(text) FROM "Everything" WHERE id = 2`;
    },
  },
  {
    name: "unique violation",
    run: async (db) => db.maker.create({ data: { id: 9, email: "ada@example.com" } }),
  },
  {
    name: "unique violation of several columns, in a nested write",
    run: async (db) =>
      db.maker.update({
        where: { id: 2 },
        data: { name: "lost", spools: { create: { id: RED.replace("1", "9"), color: "red" } } },
      }),
  },
  {
    name: "a failed nested write leaves nothing",
    run: async (db) => db.maker.findUnique({ where: { id: 2 } }),
  },
  {
    name: "foreign key violation",
    run: async (db) => db.spool.update({ where: { id: RED }, data: { makerId: 404 } }),
  },
  { name: "foreign key violation by deletion", run: async (db) => db.maker.delete({ where: { id: 2 } }) },
  {
    name: "update of a missing row",
    run: async (db) => db.maker.update({ where: { id: 404 }, data: { name: "x" } }),
  },
  { name: "deletion of a missing row", run: async (db) => db.maker.delete({ where: { id: 404 } }) },
  { name: "demand for a missing row", run: async (db) => db.maker.findUniqueOrThrow({ where: { id: 404 } }) },
  {
    name: "text that is too long",
    run: async (db) => db.maker.create({ data: { id: 8, email: "x".repeat(41) } }),
  },
  { name: "number out of range", run: async (db) => db.everything.create({ data: { small: 40_000 } }) },
  { name: "text that is no UUID", run: async (db) => db.spool.findUnique({ where: { id: "nonsense" } }) },
  {
    name: "a raw query of many types",
    run: async (
      db,
    ) => db.$queryRaw`SELECT ${7}::int AS i, ${2n ** 60n}::bigint AS b, ${"x"} AS t, ${true}::bool AS f,
      ${["a", "b"]}::text[] AS l, ${1.25}::float8 AS d, ${"1.50"}::numeric AS n, ${ALL_TYPES.atZone}::timestamptz AS z,
      ${Uint8Array.of(255)}::bytea AS y, '{"k": [1]}'::jsonb AS j, NULL::int AS nothing, 'PLA'::materials AS m`,
  },
  { name: "a raw query without rows", run: async (db) => db.$queryRaw`SELECT id FROM makers WHERE false` },
  {
    name: "a raw change",
    run: async (db) => db.$executeRaw`UPDATE makers SET name = ${"Zed"} WHERE id > ${1}`,
  },
  { name: "a raw query of an unsupported type", run: async (db) => db.$queryRaw`SELECT '1 day'::interval` },
  { name: "a raw query that is refused", run: async (db) => db.$queryRaw`SELECT * FROM nowhere` },
  {
    name: "a raw violation of NOT NULL",
    run: async (db) => db.$executeRaw`INSERT INTO makers (id) VALUES (77)`,
  },
  {
    name: "a list of operations is a transaction",
    run: async (db) =>
      db.$transaction([
        db.maker.create({ data: { id: 10, email: "dan@example.com" } }),
        db.maker.update({ where: { id: 10 }, data: { name: "Dan" } }),
        db.maker.count(),
      ]),
  },
  {
    name: "a list of operations is undone by its first error",
    run: async (db) =>
      db.$transaction([
        db.maker.create({ data: { id: 11, email: "eve@example.com" } }),
        db.maker.create({ data: { id: 11, email: "eve2@example.com" } }),
      ]),
  },
  {
    name: "nothing of an undone list is there",
    run: async (db) => db.maker.findUnique({ where: { id: 11 } }),
  },
  {
    name: "a list of raw operations",
    run: async (db) =>
      db.$transaction(
        [
          db.$executeRaw`INSERT INTO "Tag" VALUES ('raw')`,
          db.$queryRaw`SELECT count(*)::int AS n FROM "Tag"`,
        ],
        { isolationLevel: "Serializable" },
      ),
  },
  {
    name: "an interactive transaction sees what it wrote",
    run: async (db) =>
      db.$transaction(
        async (tx) => {
          await tx.maker.create({
            data: {
              id: 12,
              email: "fay@example.com",
              spools: { create: { id: RED.replace("1", "5"), color: "x" } },
            },
          });
          const inside = await tx.$queryRaw`SELECT current_setting('transaction_isolation') AS level`;
          return [inside, await tx.maker.findUnique({ where: { id: 12 }, include: { spools: true } })];
        },
        { isolationLevel: "RepeatableRead" },
      ),
  },
  {
    name: "an interactive transaction is undone by an error",
    run: async (db) =>
      db.$transaction(async (tx) => {
        await tx.maker.create({ data: { id: 13, email: "gus@example.com" } });
        throw new Error("changed my mind");
      }),
  },
  {
    name: "nothing of an undone transaction is there",
    run: async (db) => db.maker.findMany({ where: { id: { gt: 9 } }, orderBy: { id: "asc" } }),
  },
  {
    name: "delete many rows",
    run: async (db) => db.spool.deleteMany({ where: { makerId: { in: [2, 12] } } }),
  },
];

/** Runs the steps in order; per step its outcome, success and failure alike, as plain JSON. */
export async function runSteps(
  client: Client,
  steps: readonly Step[],
): Promise<Readonly<Record<string, unknown>>> {
  const outcomes: Record<string, unknown> = {};
  for (const step of steps) {
    outcomes[step.name] = await step.run(client).then(
      (value) => ({ value: comparable(value) }),
      (error: unknown) => ({ error: comparableError(error) }),
    );
  }
  return outcomes;
}

function comparable(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return `bytes ${[...value].join(" ")}`;
  if (value instanceof Date) return `date ${value.toISOString()}`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  if ("toFixed" in value) return `decimal ${JSON.stringify(value)}`;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, comparable(member)]));
}

/** Code, message and what the adapter said of the cause. */
function comparableError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const [code, meta]: readonly unknown[] = [Reflect.get(error, "code"), Reflect.get(error, "meta")];
  const { driverAdapterError, ...rest } = fieldsOf(meta);
  const cause = fieldsOf(driverAdapterError)["cause"];
  return comparable({
    name: error.name,
    code,
    message: lastLine(error.message),
    meta: rest,
    cause: fieldsOf(cause),
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return {};
  return value instanceof Error ? { cause: value.cause } : { ...value };
}

/** The lines before it quote the source, which differs between bundles. */
function lastLine(message: string): string {
  return message.trim().split("\n").at(-1) ?? "";
}
