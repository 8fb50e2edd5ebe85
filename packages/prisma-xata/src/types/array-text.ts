/** An array in PostgreSQL's text form, taken apart; elements stay text. */
export type ArrayElements = readonly (string | null | ArrayElements)[];

/**
 * Takes apart such as `{1,NULL,"a \"b\""}`, nested or with bounds (`[0:1]={1,2}`). Undefined for text that isn't an array.
 * @see https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO
 */
export function arrayElements(text: string): ArrayElements | undefined {
  const start = text.startsWith("[") ? text.indexOf("=") + 1 : 0;
  if (text[start] !== "{" || !text.endsWith("}")) return undefined;
  const tokens = text.slice(start).match(/[{},]|"(?:\\.|[^"\\])*"|[^{},"]+/gsu) ?? [];
  const stack: (string | null | ArrayElements)[][] = [[]];
  for (const token of tokens) {
    if (token === "{") stack.push([]);
    else if (token === "}") stack.at(-2)?.push(stack.pop() ?? []);
    else if (token !== ",") stack.at(-1)?.push(element(token));
  }
  const outermost = stack[0]?.[0];
  return Array.isArray(outermost) ? outermost : undefined;
}

function element(token: string): string | null {
  if (token === "NULL") return null;
  return token.startsWith('"') ? token.slice(1, -1).replaceAll(/\\(.)/gsu, "$1") : token;
}

/** The opposite: every element but null is quoted, which is right for any type. */
export function arrayText(elements: ArrayElements): string {
  const parts = elements.map((part) => {
    if (part === null) return "NULL";
    return typeof part === "string" ? `"${part.replaceAll(/["\\]/gu, String.raw`\$&`)}"` : arrayText(part);
  });
  return `{${parts.join(",")}}`;
}
