import { expect, test } from "vitest";
import { cleanUp } from "./cleanups.ts";

test("everything is ended, the newest first, and what fails is said", async () => {
  const said: string[] = [];
  const cleanups = [
    () => void said.push("state"),
    () => Promise.reject(new Error("no space")),
    () => void said.push("edge"),
  ];

  await cleanUp(cleanups, (line) => said.push(line));

  expect(said).toEqual(["edge", "stop: Error: no space", "state"]);
});
