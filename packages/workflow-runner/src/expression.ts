import { WorkflowError } from "./errors.ts";

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** What an expression may name: contexts by name, and functions that depend on where it stands. */
export interface Scope {
  readonly contexts: Readonly<Record<string, Value>>;
  readonly functions: Readonly<Record<string, (args: readonly Value[]) => Value>>;
}

type Token = { readonly kind: "number" | "string" | "name" | "operator" | "end"; readonly text: string };

const TOKEN =
  /\s*(?:(?<number>-?\d+(?:\.\d+)?)|'(?<string>(?:[^']|'')*)'|(?<name>[A-Za-z_][\w-]*)|(?<operator>&&|\|\||[=!<>]=|[!<>()[\].,*]))/uy;

/** Replaces each `${{ … }}` in a text by its value. @throws {WorkflowError} EXPRESSION_INVALID */
export function interpolate(text: string, scope: Scope): string {
  return text.replaceAll(/\$\{\{(?<source>[\s\S]*?)\}\}/gu, (_match, source: string) =>
    toText(evaluate(source, scope)),
  );
}

/** A condition: an expression with or without its braces. */
export function isTrue(condition: string, scope: Scope): boolean {
  const inner = /^\s*\$\{\{(?<source>[\s\S]*)\}\}\s*$/u.exec(condition)?.groups?.["source"] ?? condition;
  return truthy(evaluate(inner, scope));
}

/**
 * The value of one expression. A context that doesn't exist is an error; a property that doesn't exist is null, as on GitHub.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
export function evaluate(source: string, scope: Scope): Value {
  const parser = new Parser(tokenize(source), scope, source);
  return parser.parse();
}

function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (source.slice(TOKEN.lastIndex).trim() !== "") {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined) throw invalid(source, `unexpected "${source.slice(at).trim()[0]}"`);
    const [kind, text] = Object.entries(groups).find(([, value]) => value !== undefined) ?? ["end", ""];
    tokens.push({ kind: kind as Token["kind"], text: kind === "string" ? text.replaceAll("''", "'") : text });
  }
  return tokens;
}

const END: Token = { kind: "end", text: "" };

class Parser {
  readonly #tokens: readonly Token[];
  readonly #scope: Scope;
  readonly #source: string;
  #position = 0;

  constructor(tokens: readonly Token[], scope: Scope, source: string) {
    this.#tokens = tokens;
    this.#scope = scope;
    this.#source = source;
  }

  parse(): Value {
    const value = this.#or();
    if (this.#next().kind !== "end") throw invalid(this.#source, `unexpected "${this.#next().text}"`);
    return value;
  }

  #or(): Value {
    let left = this.#and();
    while (this.#take("||")) {
      const right = this.#and();
      left = truthy(left) ? left : right;
    }
    return left;
  }

  #and(): Value {
    let left = this.#comparison();
    while (this.#take("&&")) {
      const right = this.#comparison();
      left = truthy(left) ? right : left;
    }
    return left;
  }

  #comparison(): Value {
    const left = this.#unary();
    for (const operator of ["==", "!=", "<=", ">=", "<", ">"]) {
      if (this.#take(operator)) return compare(operator, left, this.#unary());
    }
    return left;
  }

  #unary(): Value {
    return this.#take("!") ? !truthy(this.#unary()) : this.#postfix();
  }

  #postfix(): Value {
    let value = this.#primary();
    for (;;) {
      if (this.#take(".")) value = property(value, this.#expect("name"));
      else if (this.#take("[")) {
        value = property(value, toText(this.#or()));
        this.#close("]");
      } else return value;
    }
  }

  #primary(): Value {
    if (this.#take("(")) {
      const value = this.#or();
      this.#close(")");
      return value;
    }
    const token = this.#next();
    this.#position += 1;
    switch (token.kind) {
      case "number":
        return Number(token.text);
      case "string":
        return token.text;
      case "name":
        return this.#take("(") ? this.#call(token.text) : this.#named(token.text);
      case "operator":
      case "end":
        throw invalid(
          this.#source,
          token.kind === "end" ? "it ends too early" : `unexpected "${token.text}"`,
        );
    }
  }

  #call(name: string): Value {
    const args: Value[] = [];
    while (!this.#take(")")) {
      args.push(this.#or());
      if (this.#next().text !== ")") this.#close(",");
    }
    const own = this.#scope.functions[name] ?? FUNCTIONS[name];
    if (own === undefined) throw invalid(this.#source, `there is no function ${name}() here`);
    return own(args);
  }

  #named(name: string): Value {
    if (name === "true" || name === "false") return name === "true";
    if (name === "null") return null;
    const context = this.#scope.contexts[name];
    if (context === undefined) throw invalid(this.#source, `there is no "${name}" here`);
    return context;
  }

  #next(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #take(operator: string): boolean {
    if (this.#next().kind !== "operator" || this.#next().text !== operator) return false;
    this.#position += 1;
    return true;
  }

  #expect(kind: Token["kind"]): string {
    const token = this.#next();
    if (token.kind !== kind) throw invalid(this.#source, `expected a ${kind}`);
    this.#position += 1;
    return token.text;
  }

  #close(operator: string): void {
    if (!this.#take(operator)) throw invalid(this.#source, `expected "${operator}"`);
  }
}

const FUNCTIONS: Scope["functions"] = {
  contains: ([search = null, item = null]) =>
    Array.isArray(search)
      ? search.some((value) => compare("==", value as Value, item))
      : lower(search).includes(lower(item)),
  startsWith: ([text = null, start = null]) => lower(text).startsWith(lower(start)),
  endsWith: ([text = null, end = null]) => lower(text).endsWith(lower(end)),
  format: ([pattern = "", ...values]) =>
    toText(pattern).replaceAll(/\{(?<index>\d+)\}/gu, (_match, index: string) =>
      toText(values[Number(index)] ?? ""),
    ),
  toJSON: ([value = null]) => JSON.stringify(value, null, 2),
  fromJSON: ([text = "null"]) => JSON.parse(toText(text)) as Value,
};

function property(value: Value, name: string): Value {
  if (typeof value !== "object" || value === null) return null;
  const found = Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1] ?? null;
}

function compare(operator: string, left: Value, right: Value): boolean {
  const bothText = typeof left === "string" && typeof right === "string";
  const [a, b] = bothText ? [left.toLowerCase(), right.toLowerCase()] : [toNumber(left), toNumber(right)];
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    default:
      return a >= b;
  }
}

function toNumber(value: Value): number {
  if (value === null) return 0;
  if (typeof value === "object") return Number.NaN;
  return value === "" ? 0 : Number(value);
}

function truthy(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== "" && !Number.isNaN(value);
}

function toText(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function lower(value: Value): string {
  return toText(value).toLowerCase();
}

function invalid(source: string, what: string): WorkflowError {
  return new WorkflowError({
    code: "EXPRESSION_INVALID",
    message: `The expression \${{ ${source.trim()} }} is wrong: ${what}.`,
    hint: "Check the names of contexts, outputs and functions.",
  });
}
