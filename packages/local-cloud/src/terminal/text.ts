/** What a terminal shows in two columns: East Asian wide characters and most pictographs. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
/** What it shows in none: marks on the character before, joiners, variation selectors. */
const NARROWLESS = /[\p{Mn}\p{Me}\u200B-\u200D\u2060]/u;

const CONTROLS = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text from outside, made safe to write to a terminal: no escape sequence, no line break, no change of direction. */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, "\uFFFD");
}

/** How many columns a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** As much of the text as fits, with an ellipsis where something is missing. */
export function fitted(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += columnsOfCharacter(character);
    if (used > columns) break;
    kept += character;
  }
  return columns <= 0 ? "" : `${kept}…`;
}

/** The text in exactly so many columns, at the left or at the right of them. */
export function padded(text: string, columns: number, side: "left" | "right" = "left"): string {
  const shown = fitted(text, columns);
  const space = " ".repeat(Math.max(0, columns - columnsOf(shown)));
  return side === "left" ? `${shown}${space}` : `${space}${shown}`;
}

function columnsOfCharacter(character: string): number {
  if (NARROWLESS.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
