import process from "node:process";

/** Tells a person what happens, on standard error, with the time since the beginning. */
export interface Narrator {
  heading(text: string): void;
  say(text: string): void;
  /** Something that a command said itself. */
  quote(text: string): void;
}

export function createNarrator(
  write: (text: string) => void = (text) => process.stderr.write(text),
): Narrator {
  const startedAtMs = performance.now();
  const stamp = () => `${((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6)} s`;
  return {
    heading: (text) => write(`\n${stamp()}  ${text}\n`),
    say: (text) => write(`${stamp()}    ${text}\n`),
    quote: (text) => {
      const lines = text.split("\n").filter((line) => line.trim() !== "");
      for (const line of lines) write(`${" ".repeat(8)}  │ ${line.trimEnd()}\n`);
    },
  };
}
