import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

const { CHROMIUM_PATH = "/usr/bin/chromium", E2E_BASE_URL } = process.env;
const asRoot = process.getuid?.() === 0;

/**
 * `npm run e2e`: in Chromium, against E2E_BASE_URL where it is given (a deployed environment), otherwise against staging of
 * a local cloud, to which e2e/start-app.ts delivers.
 */
export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  // Playwright empties this folder; beside it lie the other tests' results.
  outputDir: "test-results/e2e",
  fullyParallel: true,
  // One sign-up takes a tenth of a second of the server's only core; more browsers would only wait for each other.
  workers: 2,
  timeout: 60_000,
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["list"]],
  ...(E2E_BASE_URL === undefined ? { globalSetup: "e2e/start-app.ts" } : {}),
  use: {
    ...(E2E_BASE_URL === undefined ? {} : { baseURL: E2E_BASE_URL }),
    trace: "retain-on-failure",
    launchOptions: {
      ...(existsSync(CHROMIUM_PATH) ? { executablePath: CHROMIUM_PATH } : {}),
      // Chromium's sandbox refuses to run as root.
      args: asRoot ? ["--no-sandbox"] : [],
    },
  },
  projects: [
    { name: "desktop", use: { ...devices["Desktop Chrome"] } },
    { name: "phone", use: { ...devices["Pixel 7"] } },
  ],
});
