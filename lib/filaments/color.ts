/** Names under which colours are looked for, in the order in which a shop shows them. */
export const COLOR_FAMILIES = [
  "black",
  "grey",
  "white",
  "brown",
  "red",
  "orange",
  "yellow",
  "green",
  "blue",
  "purple",
  "pink",
] as const;

export type ColorFamily = (typeof COLOR_FAMILIES)[number];

/** A colour where distances are as people see them. @see https://bottosson.github.io/posts/oklab/ */
interface Oklab {
  readonly lightness: number;
  readonly a: number;
  readonly b: number;
}

/** Below, a colour has no hue to speak of. */
const GREY_CHROMA = 0.035;
/** Where a hue's family begins, in degrees of Oklab's circle. */
const HUES: readonly (readonly [from: number, family: ColorFamily])[] = [
  [0, "pink"],
  [14, "red"],
  [42, "orange"],
  [83, "yellow"],
  [116, "green"],
  [186, "blue"],
  [283, "purple"],
  [318, "pink"],
];

/**
 * How different two colours look: 0 for the same, 1 for black and white.
 * @param one `#rrggbb`
 */
export function colorDistance(one: string, other: string): number {
  const first = oklab(one);
  const second = oklab(other);
  return Math.hypot(first.lightness - second.lightness, first.a - second.a, first.b - second.b);
}

/** @param hex `#rrggbb` */
export function colorFamily(hex: string): ColorFamily {
  const { lightness, a, b } = oklab(hex);
  const chroma = Math.hypot(a, b);
  if (lightness < 0.25) return "black";
  if (chroma < GREY_CHROMA) return greyOf(lightness);
  const hue = ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
  const family = HUES.findLast(([from]) => hue >= from)?.[1] ?? "pink";
  return inShade(family, { lightness, chroma });
}

/** A hue has other names when it is light, dark or dull. */
function inShade(
  family: ColorFamily,
  { lightness, chroma }: { readonly lightness: number; readonly chroma: number },
): ColorFamily {
  if (family === "pink") return lightness < 0.5 ? "purple" : "pink";
  if (family === "red" && lightness > 0.72) return "pink";
  if (family === "red") return lightness < 0.45 && chroma < 0.1 ? "brown" : "red";
  const isWarm = family === "orange" || family === "yellow";
  return isWarm && (lightness < 0.6 || chroma < 0.08) ? "brown" : family;
}

function greyOf(lightness: number): ColorFamily {
  if (lightness < 0.32) return "black";
  return lightness > 0.93 ? "white" : "grey";
}

function oklab(hex: string): Oklab {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  const r = red ?? 0;
  const g = green ?? 0;
  const b = blue ?? 0;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  };
}

/** Light instead of sRGB's numbers. @see https://www.w3.org/TR/css-color-4/#color-conversion-code */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
