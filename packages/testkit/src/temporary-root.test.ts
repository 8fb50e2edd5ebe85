import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "./index.ts";

const MODULE = new URL("temporary-root.ts", import.meta.url).href;
const RUN = `
const { setup } = await import(${JSON.stringify(MODULE)});
setup();
const made = process.env.TMPDIR;
setup();
console.log(JSON.stringify([made, process.env.TMPDIR]));
setInterval(() => {}, 1000);`;

/** A process that has set itself up as a run of tests. */
async function startRun(): Promise<{ readonly roots: readonly string[]; readonly kill: () => void }> {
  const env = { ...process.env, TEST_RUN_TMPDIR: undefined };
  const child = spawn(process.execPath, ["--input-type=module", "-e", RUN], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  return { roots: JSON.parse(text) as string[], kill: () => child.kill("SIGKILL") };
}

test("temporary folders lie in the run's own", () => {
  const root = process.env["TEST_RUN_TMPDIR"] ?? "none";

  expect(tmpdir()).toBe(root);
  expect(dirname(temporaryFolder("here"))).toBe(root);
});

test("a run's folder is one, and is removed with all that is in it when the run is gone, even by SIGKILL", async () => {
  const { roots, kill } = await startRun();
  const [root = ""] = roots;
  writeFileSync(join(root, "left"), "behind");

  kill();

  expect(roots).toEqual([root, root]);
  await vi.waitFor(() => expect(existsSync(root)).toBe(false), { timeout: 20_000 });
});
