import { startDatabase } from "../src/__tests__/support/database.ts";
import { builtApp } from "../src/__tests__/support/build-once.ts";
import { startWorker } from "../src/__tests__/support/worker.ts";

/** Starts PostgreSQL and the built Worker for the browsers, and stops them after the last test. */
// oxlint-disable-next-line import/no-default-export -- Playwright's form
export default async function startApp(): Promise<() => Promise<void>> {
  const build = await builtApp();
  const database = await startDatabase();
  const worker = await startWorker({ build, env: "staging", databaseUrl: database.url });
  process.env["E2E_BASE_URL"] = worker.origin;
  return async () => {
    await worker.stop();
    await database.stop();
  };
}
