import { beforeEach } from "vitest";
import { inSample } from "../../local-cloud/src/drills/sample.ts";

/** Files that take long, and whose tests stand alone: one in four of them runs, chosen by the commit. */
const SAMPLED = [
  "packages/delivery/src/adapters/git-ledger.test.ts",
  "packages/delivery/src/engine/rollout.test.ts",
  "src/__tests__/health-check.test.ts",
  "src/__tests__/deployment-workflow.test.ts",
  ...["accounts", "errors", "schema", "shop", "storage", "round-trips", "walk"].map(
    (name) => `src/__tests__/integration-${name}.test.ts`,
  ),
];

beforeEach(({ skip, task }) => {
  if (SAMPLED.some((file) => task.file.filepath.endsWith(file)) && !inSample(task.name)) skip();
});
