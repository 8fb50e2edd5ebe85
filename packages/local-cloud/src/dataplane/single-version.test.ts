import { expect, test } from "vitest";
import type { VersionDocument } from "../services/workers/model.ts";
import type { Pool } from "./pool.ts";
import { SingleVersions } from "./single-version.ts";

const version = (id: string) => ({ id, worker: "room", durableObjects: [{}] }) as unknown as VersionDocument;

test("a request that can't end the version before does not hold up the next one", async () => {
  const failures = [new Error("no space")];
  const pool = {
    running: ["before"],
    retire: async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
    },
    lease: async ({ id }: VersionDocument) => `lease of ${id}`,
  } as unknown as Pool;
  const single = new SingleVersions({
    pool,
    version,
    current: () => version("now"),
    startApart: () => Promise.reject(new Error("unused")),
  });

  await expect(single.lease(version("now"))).rejects.toThrow("no space");

  expect(await single.lease(version("now"))).toBe("lease of now");
});
