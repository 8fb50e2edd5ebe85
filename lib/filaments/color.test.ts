import { assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { COLOR_FAMILIES, colorDistance, colorFamily } from "./color.ts";

const anyColor = integer({ min: 0, max: 0xffffff }).map((rgb) => `#${rgb.toString(16).padStart(6, "0")}`);

test.each([
  ["black", ["#000000", "#1a1a1a", "#111827"]],
  ["grey", ["#808080", "#9ca3af", "#c0c0c0"]],
  ["white", ["#ffffff", "#f5f5f0"]],
  ["brown", ["#7b3f00", "#8b4513", "#5c4033", "#d2b48c"]],
  ["red", ["#ff0000", "#b22222", "#8b0000"]],
  ["orange", ["#ff8c00", "#ff6a13"]],
  ["yellow", ["#ffff00", "#ffd700", "#fbbf24"]],
  ["green", ["#00ff00", "#00ae42", "#556b2f", "#a3c1ad"]],
  ["blue", ["#0000ff", "#87ceeb", "#008080", "#00bcd4"]],
  ["purple", ["#800080", "#8a2be2", "#a78bfa"]],
  ["pink", ["#ffc0cb", "#ff69b4", "#ff00ff"]],
])("%s is what people call %j", (family, colors) => {
  expect(colors.map(colorFamily)).toEqual(colors.map(() => family));
});

test("every colour has a family", () => {
  assert(property(anyColor, (color) => COLOR_FAMILIES.includes(colorFamily(color))));
});

test("a distance is the same both ways, and nothing only between equals", () => {
  assert(
    property(anyColor, anyColor, (one, other) => {
      expect(colorDistance(one, other)).toBe(colorDistance(other, one));
      expect(colorDistance(one, other) === 0).toBe(one === other);
    }),
  );
});

test("black and white are as far apart as can be, and a darker red is nearer to red than green is", () => {
  expect(colorDistance("#000000", "#ffffff")).toBeCloseTo(1, 3);
  expect(colorDistance("#ff0000", "#cc0000")).toBeLessThan(colorDistance("#ff0000", "#00cc00"));
});
