const LINES_LIMIT = 20_000;

/** Values by section and name. Lines that begin with a blank go on with the one before and are left out. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Files as Python's configparser writes them. What isn't of that form is skipped. */
export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.split(/\r?\n/u, LINES_LIMIT)) {
    const name = /^\[([^\]]{1,100})\]\s*$/u.exec(line)?.[1];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section);
      continue;
    }
    const at = line.indexOf("=");
    if (at > 0 && !/^[\s;#]/u.test(line)) section.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return sections;
}
