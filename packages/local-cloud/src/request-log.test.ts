import { mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { readRequestLog, RequestLog, type LoggedRequest } from "./request-log.ts";
import { temporaryFolder } from "./testing/cloud-process.ts";

const request = (path: string): LoggedRequest => ({ at: "", service: "api", method: "GET", path });
const pathsIn = (folder: string) => readRequestLog(folder, { limit: 100 }).map(({ path }) => path);

test("the log keeps the newest requests in two files", () => {
  const folder = temporaryFolder();
  const log = new RequestLog(folder, 100);
  for (const path of ["/1", "/2", "/3", "/4", "/5"]) {
    log.record(request(path));
    log.flush();
  }

  expect(pathsIn(folder)).toEqual(["/4", "/5"]);
  log.close();
});

test("a folder that takes no new file costs lines for as long as that lasts", () => {
  const folder = temporaryFolder();
  const log = new RequestLog(folder, 100);
  const say = (path: string) => {
    log.record(request(path));
    log.flush();
  };
  say("/before");
  rmSync(folder, { recursive: true });
  for (const path of ["/lost", "/lost", "/lost"]) say(path);

  mkdirSync(folder);
  say("/after");

  expect(pathsIn(folder)).toEqual(["/after"]);
  log.close();
});
