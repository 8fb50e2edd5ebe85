import { searchText } from "../search-text.ts";

/** More words than that are not looked at. */
const MOST_WORDS = 8;

/** What is looked for, word by word, in the spelling of `searchText`; each but once. */
export function wordsOf(query: string): readonly string[] {
  const words = searchText(query)
    .split(" ")
    .filter((word) => word !== "");
  return [...new Set(words)].slice(0, MOST_WORDS);
}

/** A pattern of LIKE for a text that holds exactly this, whatever signs it is made of. */
export function containing(word: string): string {
  return `%${literally(word)}%`;
}

/** A pattern of LIKE for a text that begins with this. */
export function beginningWith(word: string): string {
  return `${literally(word)}%`;
}

/** @see https://www.postgresql.org/docs/18/functions-matching.html#FUNCTIONS-LIKE */
function literally(word: string): string {
  return word.replaceAll(/[\\%_]/gu, String.raw`\$&`);
}
