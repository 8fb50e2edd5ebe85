import { columnsOf, fitted } from "./text.ts";

export type Style = "plain" | "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One row of the screen. */
export type Line = readonly Span[];

/** @see https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const CODES: Readonly<Record<Exclude<Style, "plain">, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  cyan: 36,
};

export function span(text: string, style: Style = "plain"): Span {
  return { text, style };
}

/** The line as it is written: cut to so many columns, with colours or without. */
export function written(line: Line, columns: number, hasColors: boolean): string {
  let left = columns;
  let text = "";
  for (const { text: whole, style } of line) {
    if (left <= 0) break;
    const shown = fitted(whole, left);
    left -= columnsOf(shown);
    text += hasColors && style !== "plain" ? `\u001B[${CODES[style]}m${shown}\u001B[0m` : shown;
  }
  return text;
}
