import type { Scope } from "../../scope.ts";
import { owned } from "../../scope.ts";

interface Row {
  readonly id: string;
}

/** Arguments of the next page. */
interface PageArguments {
  readonly where: { readonly ownerId: string; readonly id?: { readonly gt: string } };
  readonly orderBy: { readonly id: "asc" };
  readonly take: number;
}

type FindRows = (page: PageArguments) => Promise<readonly Row[]>;

const ROWS_AT_ONCE = 500;

/** The tables that hold what an account owns, by the names that they have in an export. */
export function ownedTables({ database }: Scope): Readonly<Record<string, FindRows>> {
  return {
    filaments: (page) => database.filament.findMany(page),
    spools: (page) => database.spool.findMany(page),
    uses: (page) => database.use.findMany(page),
    models: (page) => database.model.findMany(page),
    pictures: (page) => database.picture.findMany(page),
    variants: (page) => database.variant.findMany(page),
    revisions: (page) => database.revision.findMany(page),
    jobs: (page) => database.job.findMany(page),
    "job-filaments": (page) => database.jobFilament.findMany(page),
  };
}

/** All rows, a page at a time. */
export async function* rowsOf<Found extends Row>(
  scope: Scope,
  find: (page: PageArguments) => Promise<readonly Found[]>,
): AsyncGenerator<Found, void> {
  let after: string | undefined;
  for (;;) {
    const where = { ...owned(scope), ...(after === undefined ? {} : { id: { gt: after } }) };
    const rows = await find({ where, orderBy: { id: "asc" }, take: ROWS_AT_ONCE });
    yield* rows;
    after = rows.at(-1)?.id;
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

/** Rows as a list in JSON, a row to a line. */
export async function* jsonList(rows: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void> {
  let lead = "[\n";
  for await (const row of rows) {
    yield Buffer.from(lead + jsonOf(row));
    lead = ",\n";
  }
  yield Buffer.from(lead === "[\n" ? "[]\n" : "\n]\n");
}

export function jsonOf(value: unknown, indent?: number): string {
  return JSON.stringify(value, asNumbers, indent);
}

/** What the database keeps exactly and JSON has a number for: sizes, and grams, of which it made a text. */
function asNumbers(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" && /grams$/iu.test(key) ? Number(value) : value;
}
