import { SqlRefused } from "./errors.ts";

export interface Token {
  readonly kind: "word" | "quoted" | "string" | "number" | "symbol";
  /** Without its quotes. */
  readonly text: string;
}

const PATTERN =
  /(?<space>\s+|--[^\n]*)|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_]\w*)|'(?<string>(?:[^'\\]|''|\\.)*)'|"(?<quoted>[^"]*)"|`(?<ticked>[^`]*)`|(?<symbol><=|>=|!=|<>|==|[-+*/%=<>(),.;])/uy;

/** @throws {SqlRefused} for what is no SQL. */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  while (pattern.lastIndex < sql.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(sql)?.groups;
    if (groups === undefined)
      throw new SqlRefused(`unable to parse query: unexpected ${JSON.stringify(sql.slice(at, at + 20))}`);
    const { space, number, word, string, quoted, ticked, symbol } = groups;
    if (space !== undefined) continue;
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (string !== undefined) tokens.push({ kind: "string", text: unescaped(string) });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
    else tokens.push({ kind: "quoted", text: quoted ?? ticked ?? "" });
  }
  return tokens;
}

function unescaped(text: string): string {
  return text.replaceAll("''", "'").replaceAll(/\\(?<character>.)/gsu, "$<character>");
}
