import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { loadSettings, type Settings } from "../config/load.ts";
import { auditLedger } from "../ledger/audit.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerStore } from "../ports.ts";
import { createGitLedger, readGitChain } from "./git-ledger.ts";

function git(cwd: string, ...args: string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
  return execFileSync("git", [...identity, ...args], { cwd, encoding: "utf8" }).trim();
}

interface Fixture {
  readonly clone: string;
  readonly remote: string;
  readonly ledger: LedgerStore;
  /** Another machine that writes to the same remote. */
  readonly other: LedgerStore;
  readonly settings: Settings;
  /** The ledger as another process on this machine opens it. */
  readonly reopen: () => LedgerStore;
  readonly cache: string;
  /** How many processes of git, the remote's too, some work starts. */
  readonly countGits: (work: () => Promise<unknown>) => Promise<number>;
}

async function createFixture(): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), "git-ledger-"));
  const remote = join(folder, "remote.git");
  const clone = join(folder, "clone");
  git(folder, "init", "--quiet", "--bare", remote);
  git(folder, "init", "--quiet", clone);
  writeFileSync(
    join(clone, "delivery.config.ts"),
    `export default { worker: { config: "w.toml" }, releases: { bucket: "b", build: ["true"] }, ledger: {}, environments: {} };`,
  );
  git(clone, "add", "--all");
  git(clone, "commit", "--quiet", "-m", "one");
  git(clone, "remote", "add", "origin", remote);
  const trace = join(folder, "trace.ndjson");
  const open = (cache: string) =>
    loadSettings(clone, {
      ...process.env,
      DELIVERY_CACHE_DIR: join(folder, cache),
      GIT_TRACE2_EVENT: trace,
    });
  const settings = await open("cache");
  return {
    clone,
    remote,
    settings,
    reopen: () => createGitLedger(settings),
    cache: join(folder, "cache"),
    countGits: async (work) => {
      rmSync(trace, { force: true });
      await work();
      return readFileSync(trace, "utf8").split('"event":"start"').length - 1;
    },
    ledger: createGitLedger(settings),
    other: createGitLedger(await open("other-cache")),
  };
}

function entry(seq: number): LedgerEntry {
  return {
    schema: 1,
    seq,
    at: "2026-01-01T00:00:00.000Z",
    actor: { kind: "ci", name: "ü — 名" },
    lease: { owner: "h/1", nonce: "n" },
    environment: "staging",
    rolloutId: "o-1",
    type: "planned",
    reason: "a line\nand another",
  };
}

function acquired(seq: number): LedgerEntry {
  return { ...entry(seq), type: "lease_acquired" };
}

describe("a ledger on a git remote", () => {
  test("begins empty, and gives back what was appended", async () => {
    const { ledger, other } = await createFixture();

    expect(await ledger.read("staging")).toEqual({ head: undefined, entries: [] });
    const appended = await ledger.append("staging", undefined, [entry(1), entry(2)]);

    expect(appended.outcome).toBe("appended");
    expect((await other.read("staging")).entries).toEqual([entry(1), entry(2)]);
  });

  test("holds nothing but the entry in each commit, under a ref of its own per environment", async () => {
    const { ledger, remote } = await createFixture();

    await ledger.append("staging", undefined, [entry(1)]);

    expect(git(remote, "for-each-ref", "--format=%(refname)")).toBe("refs/delivery/staging");
    expect(git(remote, "ls-tree", "-r", "--name-only", "refs/delivery/staging")).toBe("entry.json");
  });

  test("refuses to append after another writer's entry", async () => {
    const { ledger, other } = await createFixture();
    const first = await ledger.append("staging", undefined, [entry(1)]);
    const head = first.outcome === "appended" ? first.head : "";
    await other.read("staging");
    await other.append("staging", head, [{ ...entry(2), reason: "the other one was quicker" }]);

    expect(await ledger.append("staging", head, [entry(2)])).toEqual({ outcome: "moved" });
    expect(await ledger.append("staging", undefined, [entry(1)])).toEqual({ outcome: "moved" });
    expect((await ledger.read("staging")).entries).toHaveLength(2);
  });

  test("that can be read, but takes no push, says so in the remote's words", async () => {
    const { ledger, remote } = await createFixture();
    const first = await ledger.append("staging", undefined, [entry(1)]);
    const head = first.outcome === "appended" ? first.head : "";
    const hook = join(remote, "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'this token may only read' >&2\nexit 1\n", { mode: 0o755 });

    await expect(ledger.append("staging", head, [entry(2)])).rejects.toMatchObject({
      code: "LEDGER_UNAVAILABLE",
      message: expect.stringContaining("this token may only read") as string,
    });
    await expect(ledger.append("production", undefined, [entry(1)])).rejects.toMatchObject({
      code: "LEDGER_UNAVAILABLE",
    });
    expect((await ledger.read("staging")).entries).toEqual([entry(1)]);
  });

  test("gets what another machine has added since", async () => {
    const { ledger, other, reopen } = await createFixture();
    const first = await ledger.append("staging", undefined, [entry(1), entry(2)]);
    const head = first.outcome === "appended" ? first.head : "";
    await other.read("staging");
    await other.append("staging", head, [entry(3), entry(4)]);

    expect((await ledger.read("staging")).entries).toEqual([1, 2, 3, 4].map(entry));
    expect((await reopen().read("staging")).entries).toEqual([1, 2, 3, 4].map(entry));
  });

  test("consists of the objects that git itself would have made", async () => {
    const { ledger, remote } = await createFixture();

    const appended = await ledger.append("staging", undefined, [entry(1), entry(2)]);

    const head = appended.outcome === "appended" ? appended.head : "";
    const dates = { GIT_AUTHOR_DATE: entry(2).at, GIT_COMMITTER_DATE: entry(2).at };
    const by = ["-c", "user.name=delivery", "-c", "user.email=delivery@localhost"];
    const args = ["commit-tree", `${head}^{tree}`, "-p", `${head}~1`, "-m", "staging 2: planned"];
    const made = execFileSync("git", [...by, ...args], { cwd: remote, env: { ...process.env, ...dates } });
    expect(made.toString().trim()).toBe(head);
    expect(git(remote, "fsck", "--strict", "--no-dangling")).toBe("");
  });

  test("takes as many processes to append to when it is long as when it is short", async () => {
    const { reopen, countGits } = await createFixture();
    const many = Array.from({ length: 150 }, (_, index) => entry(index + 1));
    const append = async (added: readonly LedgerEntry[]) => {
      const ledger = reopen();
      const { head } = await ledger.read("staging");
      await ledger.append("staging", head, added);
    };
    await append(many.slice(0, 2));
    const short = await countGits(() => append(many.slice(2, 3)));
    await append(many.slice(3));

    expect(await countGits(() => append([entry(151)]))).toBe(short);
    expect(short).toBeLessThanOrEqual(12);
  });

  test.each([
    ["was damaged", (cache: string) => writeFileSync(join(cache, "ledger", "staging"), "half a li")],
    ["is gone", (cache: string) => rmSync(join(cache, "ledger"), { recursive: true })],
    ["has lost its objects", (cache: string) => rmSync(join(cache, "objects"), { recursive: true })],
  ])("is read from the remote where this machine's copy %s", async (_, harm) => {
    const { ledger, other, reopen, cache } = await createFixture();
    const first = await ledger.append("staging", undefined, [entry(1), entry(2)]);
    await other.read("staging");
    await other.append("staging", first.outcome === "appended" ? first.head : "", [entry(3)]);
    harm(cache);

    expect((await reopen().read("staging")).entries).toEqual([1, 2, 3].map(entry));
  });

  test("is gone on with where this machine has lost its objects", async () => {
    const { ledger, reopen, cache } = await createFixture();
    await ledger.append("staging", undefined, [entry(1)]);
    rmSync(join(cache, "objects"), { recursive: true });
    const again = reopen();
    const { head } = await again.read("staging");

    expect(await again.append("staging", head, [entry(2)])).toMatchObject({ outcome: "appended" });
  });

  test("shows a rewritten chain as it is now, whatever was read before", async () => {
    const { ledger, remote, reopen } = await createFixture();
    await ledger.append("staging", undefined, [entry(1), entry(2), entry(3)]);
    await ledger.read("staging");
    for (const [rewrite, left] of [
      [
        ["refs/delivery/staging", "refs/delivery/staging~1"],
        [1, 2],
      ],
      [["-d", "refs/delivery/staging"], []],
    ] as const) {
      git(remote, "update-ref", ...rewrite);

      expect((await ledger.read("staging")).entries).toEqual(left.map(entry));
      expect((await reopen().read("staging")).entries).toEqual(left.map(entry));
    }
  });

  test("is told from another ref that ends like it", async () => {
    const { ledger, remote } = await createFixture();
    await ledger.append("staging", undefined, [entry(1)]);
    git(
      remote,
      "update-ref",
      "refs/a/refs/delivery/staging",
      git(remote, "rev-parse", "refs/delivery/staging"),
    );
    await ledger.append("staging", git(remote, "rev-parse", "refs/delivery/staging"), [entry(2)]);

    expect((await ledger.read("staging")).entries).toHaveLength(2);
  });

  test("changes no ref of the clone", async () => {
    const { ledger, clone } = await createFixture();
    const before = git(clone, "for-each-ref");

    await ledger.append("staging", undefined, [entry(1)]);
    await ledger.read("staging");

    expect(git(clone, "for-each-ref")).toBe(before);
    expect(git(clone, "status", "--porcelain")).toBe("");
  });

  test("whose remote is gone says so, with a hint", async () => {
    const { ledger, clone } = await createFixture();
    git(clone, "remote", "set-url", "origin", join(clone, "nowhere.git"));

    await expect(ledger.read("staging")).rejects.toMatchObject({
      code: "LEDGER_UNAVAILABLE",
      exitCode: 2,
      retryable: true,
    });
  });
});

describe("an audit of a ledger on a git remote", () => {
  test("finds nothing in one that was only appended to", async () => {
    const { ledger, settings } = await createFixture();
    await ledger.append("staging", undefined, [acquired(1), entry(2)]);

    const chain = await readGitChain(settings, "staging");

    expect(auditLedger("staging", chain, []).findings).toEqual([]);
    expect(chain.map(({ entry: read }) => read)).toEqual([acquired(1), entry(2)]);
  });

  test("finds a commit that holds something else, and an entry that was cut out", async () => {
    const { ledger, settings, clone, remote } = await createFixture();
    await ledger.append("staging", undefined, [acquired(1), entry(2), entry(3)]);
    const [first = "", , third = ""] = git(remote, "rev-list", "--reverse", "refs/delivery/staging").split(
      "\n",
    );
    const cut = git(remote, "commit-tree", `${third}^{tree}`, "-p", first, "-m", "cut");
    git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/main");
    const other = git(remote, "commit-tree", "refs/heads/main^{tree}", "-p", cut, "-m", "something else");
    git(remote, "update-ref", "refs/delivery/staging", other);

    const { findings } = auditLedger("staging", await readGitChain(settings, "staging"), []);

    expect(findings).toEqual([
      expect.stringContaining("has the number 3: entries before it are missing"),
      expect.stringContaining("can't be read"),
    ]);
    await expect(ledger.read("staging")).rejects.toMatchObject({ code: "LEDGER_UNAVAILABLE" });
  });
});
