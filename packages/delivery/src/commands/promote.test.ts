import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { withLease } from "../context.ts";
import { rollOut } from "../engine/rollout.ts";
import { inProject } from "../testing/fake-project.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, WORKER } from "../testing/fake-world.ts";
import { promote } from "./promote.ts";

test("With the glass broken, a commit that is older than what serves is taken for a reason only", async () => {
  const world = createFakeWorld({ environment: { provenBy: "staging", rollout: { soakMs: 0 } } });
  const { context } = world.process();
  await withLease(context, "production", (ledger) =>
    rollOut(context, productionOf(context), { release: fakeRelease(2), ledger }),
  );
  const here = inProject(context);
  const identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
  for (const args of [
    ["init", "--quiet"],
    ["add", "--all"],
    [...identity, "commit", "--quiet", "-m", "old"],
  ])
    execFileSync("git", args, { cwd: here.settings.root });
  const checkedOut = { ...here, releases: { ...here.releases, readLocal: () => fakeRelease(1) } };
  const exceptions = { breakGlass: "nobody can sign in" };

  await expect(promote(checkedOut, "production", { release: undefined, exceptions })).rejects.toMatchObject({
    code: "OLDER",
    exitCode: 2,
  });
  const meant = { ...exceptions, older: "the new one costs too much" };
  await promote(checkedOut, "production", { release: undefined, exceptions: meant });

  const [served = ""] = Object.keys(world.cloud.serving(WORKER));
  expect(world.cloud.tagOf(WORKER, served)).toBe(fakeRelease(1).manifest.releaseId);
});
