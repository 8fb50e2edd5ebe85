import { invalidUpload } from "./errors.ts";

/**
 * The JSON document that a form has under a name: as one part, or taken apart into fields such as
 * `metadata[bindings][][name]`, as the official SDK sends it.
 * @throws {Refusal} 10021 when there is none, or it is not JSON.
 */
export async function documentIn(form: FormData, name: string): Promise<unknown> {
  const part = form.get(name);
  if (part !== null) return parsed(typeof part === "string" ? part : await part.text(), name);
  const fields = [...form.entries()].filter(
    (entry): entry is [string, string] => isFieldOf(entry[0], name) && typeof entry[1] === "string",
  );
  if (fields.length === 0) throw invalidUpload(`The upload has no part named ${name}.`);
  return nested(fields);
}

/** Whether a field belongs to the document of that name. */
export function isFieldOf(field: string, name: string): boolean {
  return field === name || field.startsWith(`${name}[`);
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidUpload(`The part named ${name} is not JSON.`);
  }
}

/**
 * A value from the form fields into which a client took it apart: `metadata[a][b]`, and `metadata[list][][key]` for the
 * objects of a list, where a key that comes again begins the next object. Numbers and booleans stay text, as they came.
 */
function nested(fields: readonly (readonly [string, string])[]): unknown {
  const root: Tree = {};
  for (const [name, value] of fields) {
    const steps = [...name.matchAll(/\[(?<step>[^\]]*)\]/gu)].map((match) => match.groups?.["step"] ?? "");
    put(root, steps, scalar(value));
  }
  return root;
}

type Tree = { [key: string]: unknown } | unknown[];

function put(tree: Tree, [step = "", ...rest]: readonly string[], value: unknown): void {
  if (Array.isArray(tree)) return putInList(tree, [step, ...rest], value);
  if (FORBIDDEN.has(step)) return undefined;
  if (rest.length === 0) tree[step] = value;
  else put((tree[step] ??= rest[0] === "" ? [] : {}) as Tree, rest, value);
  return undefined;
}

function putInList(list: unknown[], [, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    list.push(value);
    return;
  }
  const last = list.at(-1);
  const key = rest[0] ?? "";
  const continues = typeof last === "object" && last !== null && !Object.hasOwn(last, key);
  const target = (continues ? last : {}) as Tree;
  if (!continues) list.push(target);
  put(target, rest, value);
}

/** Keys that would reach into an object's prototype. */
const FORBIDDEN: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

function scalar(text: string): unknown {
  return text === "true" || text === "false" ? text === "true" : text;
}
