import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

const BIN = join(import.meta.dirname, "..", "bin", "delivery.js");

function start(args: readonly string[], cwd = mkdtempSync(join(tmpdir(), "main-")), more = {}) {
  const env = { ...process.env, ...more };
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const exitCode = new Promise((resolve) => child.once("close", resolve));
  return { child, exitCode, stdout: text(child.stdout), stderr: text(child.stderr) };
}

async function delivery(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = start(args);
  return { exitCode: await exitCode, stdout: await stdout, stderr: await stderr };
}

describe("the program", () => {
  test("tells programs of a failure what it tells people", async () => {
    const { exitCode, stdout, stderr } = await delivery("status", "--json");

    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: "CONFIGURATION",
        message: expect.stringContaining("There is no delivery.config.ts") as string,
        hint: "Run the command in the project's folder, or make one: npx delivery init",
        retryable: false,
      },
      exitCode: 2,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("delivery: There is no delivery.config.ts");
  });

  test("tells programs also of options that can't be read", async () => {
    const { stdout } = await delivery("status", "--jason", "--json");

    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "USAGE" }, exitCode: 2 });
  });

  test("prints nothing but the sentence to people when it fails", async () => {
    expect((await delivery("statsu")).stdout).toBe("");
  });

  test("tells programs that a signal ended it", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "main-"));
    writeFileSync(
      join(cwd, "delivery.config.ts"),
      'export default { worker: { config: "w.toml" }, releases: { bucket: "b", build: ["true"] }, ledger: {}, environments: {} };',
    );
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { child, exitCode, stdout } = start(["doctor", "--json"], cwd, {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}`,
      CLOUDFLARE_API_TOKEN: "token",
      CLOUDFLARE_ACCOUNT_ID: "account",
    });
    // Nothing is ever answered.
    server.once("request", () => child.kill("SIGTERM"));

    expect(JSON.parse(await stdout)).toMatchObject({ error: { code: "SIGTERM" }, exitCode: 143 });
    expect(await exitCode).toBe(143);
    server.close();
  });

  test("prints its help on standard error when nothing was asked for", async () => {
    const { exitCode, stdout, stderr } = await delivery();

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("npx delivery deploy ENV");
  });

  test("prints one command's help, and its version", async () => {
    const help = await delivery("rollback", "--help");

    expect(help.stdout).toMatch(/^npx delivery rollback ENV\n[\s\S]+--with-old-secrets REASON/u);
    expect(help.stdout).not.toContain("promote");
    expect(help.exitCode).toBe(0);
    expect((await delivery("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });
});
