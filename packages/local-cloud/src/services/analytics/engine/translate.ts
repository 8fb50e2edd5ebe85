import { SqlRefused } from "./errors.ts";
import { FUNCTIONS, type ResultType } from "./functions.ts";
import { tokensOf, type Token } from "./tokens.ts";

export interface Translation {
  readonly kind: "select" | "tables";
  /** For SQLite; its one parameter is the dataset. */
  readonly sql: string;
  readonly dataset: string;
  readonly columns: readonly { readonly name: string; readonly type: ResultType }[];
  readonly format: "JSON" | "JSONEachRow" | "TabSeparated";
}

const KEYWORDS = new Set(
  "select from where group by having order limit offset as and or not in like between is null asc desc case when then else end distinct interval true false".split(
    " ",
  ),
);
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  SECOND: 1,
  MINUTE: 60,
  HOUR: 3600,
  DAY: 86_400,
  WEEK: 604_800,
};
const FORMATS = {
  json: "JSON",
  jsoneachrow: "JSONEachRow",
  tabseparated: "TabSeparated",
  tsv: "TabSeparated",
} as const;

const NUMBERED = Array.from({ length: 20 }, (_, index) => index + 1);
/** The columns that each dataset has. @see https://developers.cloudflare.com/analytics/analytics-engine/sql-api/#table-structure */
const COLUMNS: ReadonlyMap<string, ResultType> = new Map<string, ResultType>([
  ["dataset", "String"],
  ["timestamp", "DateTime"],
  ["_sample_interval", "UInt64"],
  ["index1", "String"],
  ...NUMBERED.map((number) => [`blob${number}`, "String"] as const),
  ...NUMBERED.map((number) => [`double${number}`, "Float64"] as const),
]);

const TABLE = `(SELECT dataset, timestamp, sample_interval AS _sample_interval, index1,
  ${NUMBERED.map((n) => `coalesce(json_extract(blobs, '$[${n - 1}]'), '') AS blob${n}, coalesce(json_extract(doubles, '$[${n - 1}]'), 0.0) AS double${n}`).join(", ")}
  FROM data_points WHERE dataset = ?)`;

/**
 * Turns one statement of the documented subset into SQLite's.
 * @throws {SqlRefused} for anything else, naming it.
 */
export function translate(sql: string): Translation {
  const { tokens, format } = withoutFormat(tokensOf(sql));
  const [first, second] = tokens;
  if (isWord(first, "show") && isWord(second, "tables") && tokens.length === 2)
    return { kind: "tables", sql: "", dataset: "", columns: [], format };
  if (!isWord(first, "select"))
    throw new SqlRefused(
      `unsupported statement: ${first?.text ?? "nothing"}; only SELECT and SHOW TABLES are supported`,
    );
  const from = tokens.findIndex((token) => isWord(token, "from"));
  const table = tokens[from + 1];
  if (from === -1 || (table?.kind !== "word" && table?.kind !== "quoted"))
    throw new SqlRefused("unsupported: a SELECT needs FROM and the name of one dataset");
  const items = itemsOf(tokens.slice(1, from));
  const aliases = new Map(items.map(({ name, type }) => [name, type]));
  const rest = tokens.slice(from + 2);
  if (
    rest.some((token) => token.text === ",") &&
    !rest.some((token) => KEYWORDS.has(token.text.toLowerCase()))
  )
    throw new SqlRefused("unsupported: more than one dataset");
  const selected = items.map(
    ({ tokens: own, name }) => `${expression(own, new Map())} AS ${identifier(name)}`,
  );
  const tail = expression(rest, aliases);
  return {
    kind: "select",
    sql: `SELECT ${selected.join(", ")} FROM ${TABLE} ${tail}`,
    dataset: table.text,
    columns: items.map(({ name, type }) => ({ name, type })),
    format,
  };
}

function withoutFormat(all: readonly Token[]): {
  readonly tokens: readonly Token[];
  readonly format: Translation["format"];
} {
  const tokens = all.at(-1)?.text === ";" ? all.slice(0, -1) : all;
  if (tokens.some(({ kind, text }) => kind === "symbol" && text === ";"))
    throw new SqlRefused("unsupported: more than one statement");
  if (!isWord(tokens.at(-2), "format")) return { tokens, format: "JSON" };
  const name = tokens.at(-1)?.text ?? "";
  const format = FORMATS[name.toLowerCase() as keyof typeof FORMATS] as Translation["format"] | undefined;
  if (format === undefined) throw new SqlRefused(`unsupported format: ${name}`);
  return { tokens: tokens.slice(0, -2), format };
}

interface Item {
  readonly tokens: readonly Token[];
  readonly name: string;
  readonly type: ResultType;
}

/** The expressions between SELECT and FROM. */
function itemsOf(tokens: readonly Token[]): readonly Item[] {
  return split(tokens).flatMap((item) => {
    if (item.length === 1 && item[0]?.text === "*")
      return [...COLUMNS].map(([name, type]) => ({
        tokens: [{ kind: "word", text: name }] as const,
        name,
        type,
      }));
    const as = item.findLastIndex((token) => isWord(token, "as"));
    const own = as === -1 ? item : item.slice(0, as);
    if (own.length === 0)
      throw new SqlRefused("unable to parse query: an expression is missing after SELECT");
    const name =
      as === -1
        ? own.map(({ kind, text }) => (kind === "string" ? `'${text}'` : text)).join("")
        : (item[as + 1]?.text ?? "");
    if (as !== -1 && item.length !== as + 2) throw new SqlRefused("unable to parse query: AS takes one name");
    return [{ tokens: own, name, type: typeOf(own) }];
  });
}

/** At commas outside of parentheses. */
function split(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "symbol" && token.text === "(") depth += 1;
    if (token.kind === "symbol" && token.text === ")") depth -= 1;
    if (depth === 0 && token.kind === "symbol" && token.text === ",") parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** A column's, a function's that all else is inside of, a literal's; arithmetic gives numbers. */
function typeOf(tokens: readonly Token[]): ResultType {
  const [first, second] = tokens;
  if (tokens.length === 1) {
    if (first?.kind === "string") return "String";
    return COLUMNS.get(first?.text ?? "") ?? "Float64";
  }
  const known =
    first?.kind === "word" && second?.text === "(" ? FUNCTIONS[first.text.toLowerCase()] : undefined;
  if (known === undefined || !isOneCall(tokens)) return "Float64";
  if (known.type !== "same") return known.type;
  const [argument = []] = split(tokens.slice(2, -1)).slice(first?.text.toLowerCase() === "if" ? 1 : 0);
  return typeOf(argument);
}

function isOneCall(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== "symbol") continue;
    if (text === "(") depth += 1;
    if (text === ")") depth -= 1;
    const next = tokens[index + 1];
    if (depth === 0 && text === ")" && next !== undefined && next.text !== "(") return false;
  }
  return true;
}

/** Tokens as SQLite's text, each of them known: nothing else reaches the database. */
function expression(tokens: readonly Token[], aliases: ReadonlyMap<string, ResultType>): string {
  const parts: string[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (isWord(token, "interval")) {
      parts.push(String(interval(tokens[index + 1], tokens[index + 2])));
      index += 2;
    } else if (isParametrized(tokens, index)) {
      parts.push("ae_quantile(", tokens[index + 2]?.text ?? "", ",");
      index += 4;
    } else parts.push(translated(token, { next: tokens[index + 1], aliases }));
  }
  return parts.join(" ");
}

/** `quantileExactWeighted(0.95)(`: the level comes in parentheses of its own. */
function isParametrized(tokens: readonly Token[], index: number): boolean {
  const isQuantile = /^quantile(?:exact)?weighted$/iu.test(tokens[index]?.text ?? "");
  if (!isQuantile) return false;
  const texts = tokens.slice(index + 1, index + 5).map(({ text }) => text);
  return texts[0] === "(" && texts[2] === ")" && texts[3] === "(" && tokens[index + 2]?.kind === "number";
}

function interval(amount: Token | undefined, unit: Token | undefined): number {
  const seconds = UNIT_SECONDS[(unit?.text ?? "").toUpperCase().replace(/S$/u, "")];
  const count = Number(amount?.text);
  if (seconds === undefined || Number.isNaN(count))
    throw new SqlRefused(`unsupported interval: ${amount?.text ?? ""} ${unit?.text ?? ""}`);
  return seconds * count;
}

function translated(
  { kind, text }: Token,
  { next, aliases }: { readonly next: Token | undefined; readonly aliases: ReadonlyMap<string, ResultType> },
): string {
  if (kind === "string") return `'${text.replaceAll("'", "''")}'`;
  if (kind === "number") return text;
  if (kind === "symbol") return symbol(text);
  const lower = text.toLowerCase();
  if (kind === "word" && next?.kind === "symbol" && next.text === "(" && !KEYWORDS.has(lower)) {
    const known = FUNCTIONS[lower];
    if (known === undefined) throw new SqlRefused(`unsupported function: ${text}`);
    return known.sqlite;
  }
  if (COLUMNS.has(text) || aliases.has(text)) return identifier(text);
  if (kind === "word" && KEYWORDS.has(lower) && lower !== "select" && lower !== "from") return lower;
  throw new SqlRefused(`unknown column or unsupported keyword: ${text}`);
}

/** Division gives a fraction, whatever is divided. */
function symbol(text: string): string {
  if (text === "/") return "* 1.0 /";
  if (text === ".") throw new SqlRefused("unsupported: qualified names");
  return text === "==" ? "=" : text;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toLowerCase() === word;
}
