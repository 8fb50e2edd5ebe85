import { expect, test } from "vitest";
import { parseFileCommands } from "./file-commands.ts";

test("values are read from lines and from blocks", () => {
  expect(parseFileCommands("a=1\nb<<END\nline one\nline = two\nEND\nc=x=y\n")).toEqual({
    a: "1",
    b: "line one\nline = two",
    c: "x=y",
  });
});

test("a line that is neither is refused", () => {
  expect(() => parseFileCommands("nonsense")).toThrow("neither name=value");
});

test("a block without an end is refused", () => {
  expect(() => parseFileCommands("a<<END\nx")).toThrow('has no end "END"');
});
