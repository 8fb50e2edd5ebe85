/** Letters that Unicode takes for letters of their own, as people without them on their keyboard write them. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  ħ: "h",
  ı: "i",
  ł: "l",
  þ: "th",
};
const SPELT_OTHERWISE = new RegExp(`[${Object.keys(SPELLINGS).join("")}]`, "gu");

/**
 * What is looked for, and what it is looked for in, in one spelling: small letters without marks, one space between
 * words, full-width and other compatible forms as plain ones. The same again when it is given its own result.
 */
export function searchText(...parts: readonly string[]): string {
  // A capital can have marks in small letters that it had not before: İ.
  return withoutMarks(withoutMarks(parts.join(" ")).toLowerCase())
    .replace(SPELT_OTHERWISE, (letter) => SPELLINGS[letter] ?? letter)
    .replaceAll(/\s+/gu, " ")
    .trim();
}

function withoutMarks(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
}
