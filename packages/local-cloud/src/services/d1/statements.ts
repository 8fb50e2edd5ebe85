/** Quotes, brackets, comments, words and ends of statements; anything else is passed over. */
const TOKEN =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;|\w+/gu;

/**
 * The statements of an SQL text, in order, without comments alone. A semicolon in a string, a name, a comment or the body of a
 * trigger ends none.
 */
export function statementsOf(sql: string): readonly string[] {
  const statements: string[] = [];
  let from = 0;
  let depth = 0;
  let words: string[] = [];
  const end = (to: number) => {
    if (words.length > 0) statements.push(sql.slice(from, to).trim());
    words = [];
    depth = 0;
  };
  for (const { 0: token, index } of sql.matchAll(TOKEN)) {
    if (token === ";" && depth === 0) {
      end(index);
      from = index + 1;
    } else if (/^\w/u.test(token)) {
      const word = token.toUpperCase();
      depth += depthChange(word, words);
      words.push(word);
    } else if (/^['"`[]/u.test(token)) {
      words.push("");
    }
  }
  end(sql.length);
  return statements;
}

/** A trigger's body is between BEGIN and END; a CASE has an END of its own. */
function depthChange(word: string, before: readonly string[]): number {
  const createsTrigger = before[0] === "CREATE" && before.slice(1, 4).includes("TRIGGER");
  if (!createsTrigger) return 0;
  if (word === "BEGIN" || word === "CASE") return 1;
  return word === "END" ? -1 : 0;
}
