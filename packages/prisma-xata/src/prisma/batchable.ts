/** An operation of a Prisma client that hasn't run yet. */
export interface Operation {
  readonly model: string;
  readonly action: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a list of operations amounts to in one request; undefined when only a session can run it. */
export type BatchKind = "reads" | "writes";

const READS: readonly string[] = ["findMany", "findFirst", "findUnique", "count", "aggregate", "groupBy"];
/**
 * Writes of one statement whose outcome Prisma can't turn into a failure afterwards. `update`, `delete` and `upsert` are not among
 * them: without a row they fail only after the statement succeeded, when one request would have committed it already.
 */
const WRITES: readonly string[] = ["create", "createMany", "createManyAndReturn", "updateMany", "deleteMany"];
/** Reads nothing that could fail to be understood once the writes are committed. */
const HARMLESS_AMONG_WRITES = "count";

/** Arguments that load relations, for which Prisma may send further statements. */
const LOADING: readonly string[] = ["include", "select", "relationLoadStrategy"];
/** Of these, `select` only names what is counted. */
const COUNTING: readonly string[] = ["count", "aggregate", "groupBy"];

/** The gateway takes no more statements in one request. */
const MOST_OPERATIONS = 100;

/** Reads what a Prisma client's promise stands for; undefined for raw queries and anything else that doesn't say. */
export function operationOf(promise: unknown): Operation | undefined {
  const spec: unknown = isObject(promise) ? Reflect.get(promise, "spec") : undefined;
  if (!isObject(spec)) return undefined;
  const { model, action, args }: { model?: unknown; action?: unknown; args?: unknown } = { ...spec };
  if (typeof model !== "string" || typeof action !== "string") return undefined;
  return { model, action, args: isObject(args) ? { ...args } : {} };
}

export function batchKind(operations: readonly Operation[]): BatchKind | undefined {
  if (operations.length === 0 || operations.length > MOST_OPERATIONS || operations.some(loadsRelations))
    return undefined;
  const actions = operations.map(({ action }) => action);
  if (actions.every((action) => READS.includes(action))) return "reads";
  const areWrites = actions.every((action) => WRITES.includes(action) || action === HARMLESS_AMONG_WRITES);
  return areWrites ? "writes" : undefined;
}

function loadsRelations({ action, args }: Operation): boolean {
  return !COUNTING.includes(action) && LOADING.some((name) => args[name] !== undefined);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
