/** Characters. */
export const NAME_LIMIT = 200;

/** A Content-Disposition header. @see https://www.rfc-editor.org/rfc/rfc6266 and rfc8187 for names beyond ASCII */
export function disposition(kind: "attachment" | "inline", name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7E]|["\\%]/gu, "_");
  const full = encodeURIComponent(name).replaceAll(/['()*]/gu, (character) => `%${hex(character)}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${full}`;
}

/** The last part of a path, without control characters; null when nothing is left or it is too long. */
export function fileName(given: string | null): string | null {
  const name =
    (given ?? "")
      .replaceAll(/\p{Cc}/gu, "")
      .split(/[/\\]/u)
      .at(-1)
      ?.trim() ?? "";
  return name === "" || name === "." || name === ".." || name.length > NAME_LIMIT
    ? null
    : name.toWellFormed();
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
}
