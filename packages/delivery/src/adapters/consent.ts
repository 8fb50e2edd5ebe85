import process from "node:process";
import { createInterface } from "node:readline/promises";

/**
 * Asks a person at a terminal to type a word.
 * @returns whether they did; undefined where there is nobody to ask
 */
export async function askConsent(question: string, word: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal keeps Ctrl-C to itself meanwhile.
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return (await terminal.question(`${question} Type ${word} to go on: `)).trim() === word;
  } finally {
    terminal.close();
  }
}
