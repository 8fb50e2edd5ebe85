import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "testkit";
import { describe, expect, test } from "vitest";

/** scripts/deploy.sh beside an npx that prints what it was asked to run, and ends with 7. */
function deploy(...args: readonly string[]): { readonly exitCode: number | null; readonly ran: string } {
  const project = temporaryFolder("deploy-sh");
  const [scripts, bin] = [join(project, "scripts"), join(project, "bin")];
  for (const folder of [scripts, bin]) mkdirSync(folder);
  cpSync(join(import.meta.dirname, "..", "..", "scripts", "deploy.sh"), join(scripts, "deploy.sh"));
  writeFileSync(join(bin, "npx"), '#!/bin/sh\nprintf "[%s]" "$@"\nexit 7\n');
  chmodSync(join(bin, "npx"), 0o755);
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  const { status, stdout } = spawnSync(join(scripts, "deploy.sh"), args, { env, encoding: "utf8" });
  return { exitCode: status, ran: stdout };
}

describe("scripts/deploy.sh", () => {
  test.each([
    [["staging"], "[delivery][deploy][staging]"],
    [["staging", "r 1"], "[delivery][deploy][staging][--release][r 1]"],
    [["production"], "[delivery][promote][production]"],
    [["production", "r-1"], "[delivery][promote][production][--release][r-1]"],
    [["rollback", "production"], "[delivery][rollback][production]"],
    [["status"], "[delivery][status]"],
  ])("given %j runs %s, and ends with its exit code", (args, ran) => {
    expect(deploy(...args)).toEqual({ exitCode: 7, ran });
  });

  test.each([[[]], [["prod"]], [["rollback"]], [["staging", "r-1", "more"]]])(
    "given %j runs nothing",
    (args) => {
      expect(deploy(...args)).toEqual({ exitCode: 2, ran: "" });
    },
  );
});
