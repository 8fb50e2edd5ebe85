import { execFile, execFileSync } from "node:child_process";
import process from "node:process";
import { expect, test } from "vitest";
import { api } from "./testing/api-client.ts";
import { startTestCloud } from "./testing/in-process-cloud.ts";

const BIN = new URL("../bin/local-cloud.js", import.meta.url).pathname;

test("a cloud that is opened to the network says what that opens, and still knows no other site", async () => {
  const log: string[] = [];
  const cloud = await startTestCloud({ host: "0.0.0.0", log: (line) => log.push(line) });

  const answer = await api(cloud.ready, "GET /workers/subdomain");
  await cloud.stop();

  expect(log.filter((line) => line.startsWith("OPEN: "))).toEqual([
    "OPEN: whoever reaches 0.0.0.0 can send requests to Workers, and with the token change them. The databases stay on 127.0.0.1.",
  ]);
  expect([new URL(cloud.ready.apiBaseUrl).hostname, answer.status]).toEqual(["127.0.0.1", 200]);
});

test("one that isn't opened says nothing of it; its command makes tokens that may do less", async () => {
  const log: string[] = [];
  const cloud = await startTestCloud({ log: (line) => log.push(line) });
  const { ready } = cloud;
  const token = await new Promise<string>((resolve, reject) => {
    const args = [BIN, "token", "--scope", "workers:read", "--data", ready.dataDir];
    execFile(process.execPath, args, (error, stdout) => (error ? reject(error) : resolve(stdout.trim())));
  });

  const read = await api({ ...ready, apiToken: token }, "GET /workers/subdomain");
  const write = await api({ ...ready, apiToken: token }, "POST /workers/workers", { name: "x" });
  await cloud.stop();

  expect([read.status, write.status]).toEqual([200, 403]);
  expect(log.filter((line) => line.startsWith("OPEN: "))).toEqual([]);
});

test("a name is no address to listen on", () => {
  expect(() =>
    execFileSync(process.execPath, [BIN, "up", "--host", "example.com"], { stdio: "pipe" }),
  ).toThrow("--host takes an address such as 127.0.0.1 or 0.0.0.0, not example.com");
});
