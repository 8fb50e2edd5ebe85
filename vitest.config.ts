import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { drawn, SAMPLE_VARIABLE } from "./packages/local-cloud/src/drills/sample.ts";

// Most of the CPU time is that of Node.js compiling the same programs, wrangler's twelve megabytes first, for each process anew.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), `test-compile-cache-${process.getuid?.() ?? 0}`);

// Long tests are sampled: another sample with each commit, the same one for the same commit.
process.env["TEST_SEED"] ??= String(seedOfCommit());
const takesAll = process.env[SAMPLE_VARIABLE] === "all";

/**
 * Files that take long and are told in order, or by one server: of each row one runs. The rows take about as long as each
 * other. Where each test stands alone, packages/testkit/src/sampled-files.ts names the file instead.
 */
const ROWS = [
  [
    "rehearsals/src/delivery.test.ts",
    "rehearsals/src/failures.test.ts",
    "packages/local-cloud/src/contracts/wrangler.contract.test.ts",
    "packages/local-cloud/src/contracts/stores.contract.test.ts",
  ],
  [
    "packages/local-cloud/src/drills/crash.test.ts",
    "packages/local-cloud/src/drills/{restore,traffic}.test.ts",
    "rehearsals/src/interrupt.test.ts",
  ],
  [
    "packages/local-cloud/src/lifetime.contract.test.ts",
    "packages/local-cloud/src/archive/archive.contract.test.ts",
    "packages/local-cloud/src/{faults/faults,observability}.contract.test.ts",
  ],
  [
    "packages/local-cloud/src/services/xata/branches.test.ts",
    "packages/local-cloud/src/services/xata-management/management.contract.test.ts",
    "packages/local-cloud/src/services/xata/{backend,gateway}.test.ts",
  ],
  [
    "packages/local-cloud/src/dataplane/limits.contract.test.ts",
    "packages/local-cloud/src/services/stores.test.ts",
    "packages/local-cloud/src/services/durable-objects/objects.test.ts",
  ],
  [
    "packages/prisma-xata/src/schema-engine/cli.test.ts",
    "packages/prisma-xata/src/{client,schema-engine/engine}.test.ts",
    "packages/prisma-xata/src/prisma/{parity,transaction}.test.ts",
  ],
];
/** Prisma's WebAssembly modules keep one state for each process: these have one to themselves. */
const ALONE = "packages/prisma-xata/src/{client,prisma/*,schema-engine/engine}.test.ts";
/** Temporary folders are removed with the run. */
const TEMPORARY_ROOT = "packages/testkit/src/temporary-root.ts";
const leftOut = ROWS.flatMap((row, index) => {
  const running = takesAll ? row : drawn(row, 1, Number(process.env["TEST_SEED"]) + index);
  return row.filter((files) => !running.includes(files));
});

/** The app's tests come last: they need its build, which is made beside the others. */
class AppLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isApps = ({ moduleId }: TestSpecification) => moduleId.includes("/src/__tests__/");
    return [...sorted.filter((file) => !isApps(file)), ...sorted.filter(isApps)];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: AppLast },
    // Most of a test's time is that of other processes: PostgreSQL, workerd, builds.
    maxWorkers: 2,
    // miniflare forgets a file watcher, which keeps a process alive for as long as it is waited for.
    teardownTimeout: 1000,
    projects: [
      {
        test: {
          name: "parts",
          include: [
            "packages/*/src/**/*.test.ts",
            "rehearsals/src/**/*.test.ts",
            "src/**/*.test.{ts,tsx}",
            "lib/**/*.test.ts",
          ],
          exclude: [ALONE, "src/__tests__/deployment-rehearsal.test.ts", ...leftOut],
          setupFiles: "packages/testkit/src/sampled-files.ts",
          globalSetup: [TEMPORARY_ROOT, "src/__tests__/support/build-once.ts"],
          // A process and a module graph of its own for each of more than a hundred files cost a fifth of the time.
          isolate: false,
          // Xata's client is published as TypeScript.
          server: { deps: { inline: [/node_modules\/@xata\.io\//u] } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "prisma-xata",
          globalSetup: TEMPORARY_ROOT,
          include: [ALONE],
          exclude: leftOut,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // Alone, since it measures that no request fails under load on two cores.
          name: "rehearsal",
          globalSetup: TEMPORARY_ROOT,
          include: ["src/__tests__/deployment-rehearsal.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

function seedOfCommit(): number {
  try {
    const commit = execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8", stdio: "pipe" });
    return Number.parseInt(commit.slice(0, 8), 16);
  } catch {
    return 1;
  }
}
