import process from "node:process";
import { afterEach, expect, test } from "vitest";
import { startCommand, type Running } from "./terminal.ts";

let running: Running | undefined;
afterEach(() => running?.signal("SIGKILL", "group"));

function startScript(script: string): Running {
  running = startCommand({ argv: [process.execPath, "-e", script], cwd: ".", env: process.env });
  return running;
}

const SAYS_HELLO = 'console.error("hello");';
const STAYS = "setInterval(() => {}, 1000);";

test("a command is waited for until it says the words", async () => {
  await expect(startScript(`${SAYS_HELLO}${STAYS}`).said("hello")).resolves.toBeUndefined();
});

test("a command that ends without the words fails the wait", async () => {
  await expect(startScript(SAYS_HELLO).said("goodbye")).rejects.toThrow(
    'it ended before it said "goodbye":\nhello',
  );
});

test("a command that is late with the words is killed", async () => {
  const late = startScript(`${SAYS_HELLO}${STAYS}`);
  await late.said("hello");

  await expect(late.said("goodbye", 50)).rejects.toThrow('it did not say "goodbye" within 0.05 s:\nhello');
  expect((await late.finished).signal).toBe("SIGKILL");
});
