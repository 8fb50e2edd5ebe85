import { afterEach, expect, test, vi } from "vitest";
import { describeError, logError } from "./log.ts";

const SCENE = {
  requestId: "8f1c2d3e4f5a6b7c-LOC",
  deployment: { release: "r-1", version: "v-1", environment: "production" },
};

afterEach(() => void vi.restoreAllMocks());

function logged(write: () => void): string[] {
  const lines: string[] = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
  write();
  return lines;
}

test("an error is one line of JSON with its request, release, version, environment and path", () => {
  const lines = logged(() =>
    logError("uncaught error", new RangeError("too far"), { ...SCENE, method: "GET", path: "/files" }),
  );

  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "error",
    message: "uncaught error",
    requestId: "8f1c2d3e4f5a6b7c-LOC",
    release: "r-1",
    version: "v-1",
    environment: "production",
    method: "GET",
    path: "/files",
    error: { name: "RangeError", message: "too far" },
  });
});

test("what a user sent and where secrets lead is taken out of messages", () => {
  const error = new Error(
    "no such user jo.smith+x@example.com from 203.0.113.9 at postgresql://app:pw@branch.xata.tech/db and https://x.example/?t=1",
  );

  const { message } = describeError(error);

  expect(message).toBe("no such user [email] from [address] at [url] and [url]");
});

test("a stack keeps its frames and not the message that it begins with", () => {
  const { frames } = describeError(new Error("jo@example.com"));

  expect(frames.length).toBeGreaterThan(0);
  expect(frames.join("\n")).not.toContain("jo@example.com");
  expect(frames[0]).toMatch(/^at /u);
});

test("a long part of a path, such as a token from an e-mail, is left out", () => {
  const token = "t".repeat(64);

  const [line] = logged(() =>
    logError("x", new Error("x"), { ...SCENE, path: `/api/auth/reset-password/${token}` }),
  );

  expect(line).not.toContain(token);
  expect(line).toContain("/api/auth/reset-password/[long]");
});

test("causes are told, three deep at most, and a code where there is one", () => {
  const inner = Object.assign(new Error("4"), { code: "ECONNREFUSED" });
  const error = new Error("1", { cause: new Error("2", { cause: new Error("3", { cause: inner }) }) });

  expect(describeError(error).cause?.cause?.message).toBe("3");
  expect(describeError(error).cause?.cause?.cause).toBeUndefined();
  expect(describeError(inner).code).toBe("ECONNREFUSED");
});

test("something thrown that is no error is told as well", () => {
  expect(describeError("plain text")).toEqual({ name: "string", message: "plain text", frames: [] });
});
