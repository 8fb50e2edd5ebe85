import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { loadSettings } from "../config/load.ts";
import type { Context } from "../context.ts";
import { changelog, presentChangelog } from "./changelog.ts";

function git(cwd: string, ...args: string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
  return execFileSync("git", [...identity, ...args], { cwd, encoding: "utf8" }).trim();
}

/** A project of three commits, each of them a release, r-1 to r-3; r-9's commit is nowhere. */
async function project(): Promise<Context> {
  const root = mkdtempSync(join(tmpdir(), "changelog-"));
  git(root, "init", "--quiet");
  writeFileSync(
    join(root, "delivery.config.ts"),
    `export default { worker: { config: "w.toml" }, releases: { bucket: "b", build: ["true"] }, ledger: {}, environments: { staging: { workerEnv: "s", url: "https://s.example.com" } } };`,
  );
  git(root, "add", "--all");
  const commits = new Map([["r-9", "9".repeat(40)]]);
  for (const [id, subject] of [
    ["r-1", "shop: opens"],
    ["r-2", "shop: sells `goods`"],
    ["r-3", "shop: gives change"],
  ] as const) {
    git(root, "commit", "--quiet", "--allow-empty", "-m", subject);
    commits.set(id, git(root, "rev-parse", "HEAD"));
  }
  const settings = await loadSettings(root, {
    ...process.env,
    DELIVERY_CACHE_DIR: join(root, ".git", "cache"),
  });
  const fetch = async (id: string) => ({ manifest: { commit: commits.get(id) } });
  return { settings, releases: { fetch } } as unknown as Context;
}

describe("a changelog", () => {
  test("lists the commits between two releases, newest first", async () => {
    const { changes, removed } = await changelog(await project(), "r-1..r-3");

    expect(changes.map(({ subject }) => subject)).toEqual(["shop: gives change", "shop: sells `goods`"]);
    expect(removed).toEqual([]);
  });

  test("says what going back takes away", async () => {
    const back = await changelog(await project(), "r-3..r-2");

    expect(presentChangelog(back)).toMatch(
      /^## r-3 to r-2\n\nTaken away:\n\n- shop: gives change \(\w{7}\)\n$/u,
    );
  });

  test("of a release whose commit the clone hasn't says to fetch it", async () => {
    await expect(changelog(await project(), "r-1..r-9")).rejects.toMatchObject({ code: "NO_REPOSITORY" });
  });

  test("wants two releases or an environment that takes what another has proven", async () => {
    await expect(changelog(await project(), "staging")).rejects.toMatchObject({ code: "USAGE" });
    await expect(changelog(await project(), "r-1..")).rejects.toMatchObject({ code: "USAGE" });
  });
});
