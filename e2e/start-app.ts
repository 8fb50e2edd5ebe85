import { join } from "node:path";
import { deliverToStaging } from "rehearsals";
import { temporaryFolder } from "testkit";

/** Delivers FM5 to staging of a local cloud for the browsers, and stops it after the last test. */
// oxlint-disable-next-line import/no-default-export -- Playwright's form
export default async function startApp(): Promise<() => Promise<void>> {
  const staging = await deliverToStaging(join(import.meta.dirname, ".."), temporaryFolder("e2e"));
  process.env["E2E_BASE_URL"] = staging.origin;
  process.env["E2E_INBOX_URL"] = staging.world.ready.inboxUrl;
  process.env["E2E_DIRECT_DATABASE_URL"] = staging.world.ready.databases["fm5-staging"]?.directUrl ?? "";
  return staging.stop;
}
