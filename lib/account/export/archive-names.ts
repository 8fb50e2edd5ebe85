/** What Windows doesn't take in a name. @see https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}]/gu;
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;

/** Gives out names that can be unpacked anywhere: each of them once, whatever their case. */
export class ArchiveNames {
  readonly #taken = new Set<string>();

  /** The name that a file gets, as near to its own as may be. */
  take(name: string): string {
    const safe = safeName(name);
    const { stem, ending } = split(safe);
    let given = safe;
    for (let count = 2; this.#taken.has(given.toLowerCase()); count += 1)
      given = `${stem} (${count})${ending}`;
    this.#taken.add(given.toLowerCase());
    return given;
  }
}

function safeName(name: string): string {
  const plain = name
    .replaceAll(FORBIDDEN, "_")
    .replace(/[. ]+$/u, "")
    .trim();
  if (plain === "") return "file";
  return DEVICES.test(plain) || plain.startsWith(".") ? `_${plain}` : plain;
}

/** `.gcode.3mf` is one ending. */
function split(name: string): { readonly stem: string; readonly ending: string } {
  const ending = /(?:\.gcode)?\.[^.]{1,8}$/iu.exec(name)?.[0] ?? "";
  return { stem: name.slice(0, name.length - ending.length), ending };
}
