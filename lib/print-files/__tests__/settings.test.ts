import { expect, test } from "vitest";
import { numberOf, secondsOf, texts } from "../settings.ts";

test.each([
  ["1d 2h 3m 4s", 93_784],
  ["14m 54s", 894],
  ["2h", 7200],
  ["59s", 59],
  ["1m 2.5s", 62],
])("%s is %i seconds", (written, seconds) => {
  expect(secondsOf(written)).toBe(seconds);
});

test.each(["", "soon", "-5m", "1h 2x", "3m 1h"])("%j is no time", (written) => {
  expect(secondsOf(written)).toBeNaN();
});

test.each([
  ["0.2", 0.2],
  ["2.73m", 2.73],
  [" 60 ; °C", 60],
  ["-5", -5],
])("%j begins with the number %d", (written, number) => {
  expect(numberOf(written)).toBe(number);
});

test.each(["", "nan", "m2", "=60/2", "1.2.3"])("%j is no number", (written) => {
  expect(numberOf(written)).toBeNaN();
});

test("a value in quotes may hold what parts the others", () => {
  const settings = new Map([["names", 'PLA;"A;B";"say \\"x\\""']]);

  expect(texts(settings, "names")).toEqual(["PLA", "A;B", 'say \\"x\\"']);
});
