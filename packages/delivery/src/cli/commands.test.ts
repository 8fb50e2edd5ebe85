import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createGitLedger } from "../adapters/git-ledger.ts";
import type { Context } from "../context.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { inProject } from "../testing/fake-project.ts";
import { createFakeWorld, WORKER } from "../testing/fake-world.ts";
import { findCommand } from "./command.ts";
import { COMMANDS } from "./commands.ts";

function git(cwd: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "pipe" });
}

/** A project whose ledger is on a git remote. */
function project(): Context {
  const { context } = createFakeWorld().process();
  const { settings, ...rest } = inProject(context);
  const { root, configuration } = settings;
  const remote = mkdtempSync(join(tmpdir(), "remote-"));
  git(remote, "init", "--quiet", "--bare");
  git(root, "init", "--quiet");
  git(root, "commit", "--quiet", "--allow-empty", "-m", "first");
  const own = { ...configuration, ledger: { ...configuration.ledger, remote } };
  return { ...rest, settings: { ...settings, configuration: own, cacheDir: join(root, ".delivery") } };
}

async function exitCodeOf(context: Context, ...args: readonly string[]): Promise<number> {
  const { command, args: given } = findCommand(COMMANDS, args, {});
  const { settings } = context;
  const request = { root: settings.root, context: async () => context, args: given, values: {} };
  return (await command.run(request)).exitCode;
}

function entry(seq: number): LedgerEntry {
  return {
    schema: 1,
    seq,
    at: "2026-01-01T00:00:00.000Z",
    actor: { kind: "person", name: "somebody" },
    lease: { owner: "elsewhere/7", nonce: "n" },
    environment: "production",
    rolloutId: "",
    type: seq === 1 ? "lease_acquired" : "lease_released",
  };
}

describe("a command ends with", () => {
  test("0 for an audit that finds nothing, 6 for one that does", async () => {
    const whole = project();
    await createGitLedger(whole.settings).append("production", undefined, [entry(1), entry(2)]);
    const gap = project();
    await createGitLedger(gap.settings).append("production", undefined, [entry(1), entry(3)]);

    expect(await exitCodeOf(whole, "audit", "production")).toBe(0);
    expect(await exitCodeOf(gap, "audit", "production")).toBe(6);
  });

  test("2 for a doctor that finds something missing", async () => {
    const { settings, ...context } = project();
    const cloudflare = { ...settings.cloudflare, apiToken: undefined };

    expect(await exitCodeOf({ ...context, settings: { ...settings, cloudflare } }, "doctor")).toBe(2);
  });

  test("6 for a status that finds drift", async () => {
    const world = createFakeWorld();
    const versionId = world.cloud.upload(WORKER, { tag: "", message: "", etag: "e" });
    world.cloud.deploy(WORKER, [{ versionId, percentage: 100 }], "by hand");

    expect(await exitCodeOf(inProject(world.process().context), "status", "production")).toBe(6);
  });
});
