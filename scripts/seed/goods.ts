/** What stands on the shelf of a small shop. Brands are made up. */
export interface Good {
  readonly brand: string;
  readonly material: string;
  readonly colorName: string;
  readonly colorHex: string;
  readonly lowStockGrams: number;
  /** Spools that were bought, the first one first. */
  readonly spools: number;
  readonly netGrams: number;
  readonly costCents: number;
  /** No print is made that would leave less. */
  readonly keptGrams: number;
}

const KILO = { netGrams: 1000, lowStockGrams: 300, keptGrams: 150 };

export const GOODS: readonly Good[] = [
  {
    ...KILO,
    brand: "Basalt",
    material: "PLA",
    colorName: "Jet Black",
    keptGrams: 280,
    colorHex: "#1b1b1d",
    spools: 5,
    costCents: 1899,
    lowStockGrams: 800,
  },
  {
    ...KILO,
    brand: "Basalt",
    material: "PLA",
    colorName: "Traffic White",
    colorHex: "#f4f4f1",
    spools: 4,
    costCents: 1899,
    lowStockGrams: 800,
  },
  {
    ...KILO,
    brand: "Basalt",
    material: "PLA",
    colorName: "Signal Red",
    colorHex: "#b72a2a",
    spools: 2,
    costCents: 1999,
  },
  {
    ...KILO,
    brand: "Lumen",
    material: "PLA Silk",
    colorName: "Old Gold",
    colorHex: "#c6a042",
    spools: 2,
    costCents: 2649,
  },
  {
    ...KILO,
    brand: "Lumen",
    material: "PLA",
    colorName: "Sky Blue",
    colorHex: "#6fb1dd",
    spools: 2,
    costCents: 2199,
  },
  {
    ...KILO,
    brand: "Lumen",
    material: "PLA",
    colorName: "Moss Green",
    colorHex: "#5c7a3d",
    spools: 2,
    costCents: 2199,
  },
  {
    ...KILO,
    brand: "Fjord",
    material: "PETG",
    colorName: "Deep Grey",
    colorHex: "#55595d",
    spools: 3,
    costCents: 2349,
    lowStockGrams: 500,
  },
  {
    ...KILO,
    brand: "Fjord",
    material: "PETG",
    colorName: "Clear Orange",
    colorHex: "#e8762c",
    spools: 2,
    costCents: 2349,
  },
  {
    ...KILO,
    brand: "Fjord",
    material: "ASA",
    colorName: "Slate",
    colorHex: "#3e464d",
    spools: 2,
    costCents: 2899,
  },
  {
    brand: "Tendon",
    material: "TPU",
    colorName: "Soft Black",
    colorHex: "#262626",
    netGrams: 500,
    keptGrams: 40,
    lowStockGrams: 150,
    spools: 2,
    costCents: 1949,
  },
  {
    brand: "Tendon",
    material: "PA-CF",
    colorName: "Carbon",
    colorHex: "#2b2d2f",
    netGrams: 750,
    keptGrams: 700,
    lowStockGrams: 200,
    spools: 2,
    costCents: 4990,
  },
  {
    ...KILO,
    brand: "Basalt",
    material: "PLA",
    colorName: "Blossom Pink",
    colorHex: "#e79ab4",
    spools: 2,
    costCents: 1999,
  },
];

export function goodAt(place: number): Good {
  const good = GOODS[place];
  if (good === undefined) throw new RangeError(`There is no filament ${place}`);
  return good;
}

/** A thing that the shop prints, in one or more ways. */
export interface Design {
  readonly name: string;
  readonly designer: string;
  readonly category: string;
  readonly variants: readonly Variant[];
}

interface Variant {
  readonly name: string;
  /** How often it was sliced anew. */
  readonly revisions: number;
  readonly minutes: number;
  readonly layerHeightMm: number;
  /** Grams by place in `GOODS`. */
  readonly uses: Readonly<Record<number, number>>;
}

function variant(name: string, over: Partial<Variant> & Pick<Variant, "uses" | "minutes">): Variant {
  return { name, revisions: 1, layerHeightMm: 0.2, ...over };
}

export const DESIGNS: readonly Design[] = [
  {
    name: "Spiral Vase",
    designer: "own design",
    category: "Home",
    variants: [
      variant("Sky blue, 0.6 nozzle", { uses: { 4: 118.4 }, minutes: 252, layerHeightMm: 0.3, revisions: 2 }),
      variant("Old gold, vase mode", { uses: { 3: 96.2 }, minutes: 214 }),
    ],
  },
  {
    name: "Honeycomb Wall Shelf",
    designer: "own design",
    category: "Home",
    variants: [
      variant("Single cell", { uses: { 0: 142.8 }, minutes: 366 }),
      variant("Set of seven", { uses: { 0: 912.5 }, minutes: 2430 }),
    ],
  },
  {
    name: "Cable Comb",
    designer: "J. Maker",
    category: "Workshop",
    variants: [variant("12 slots", { uses: { 6: 8.6 }, minutes: 38 })],
  },
  {
    name: "Plant Pot with Saucer",
    designer: "own design",
    category: "Home",
    variants: [
      variant("14 cm, moss", { uses: { 5: 231.7 }, minutes: 540, revisions: 3 }),
      variant("10 cm, two colours", { uses: { 5: 98.3, 1: 12.6 }, minutes: 318 }),
    ],
  },
  {
    name: "Drill Bit Organiser",
    designer: "J. Maker",
    category: "Workshop",
    variants: [variant("Draft", { uses: { 6: 164.1 }, minutes: 305, layerHeightMm: 0.28 })],
  },
  {
    name: "Board Game Insert",
    designer: "Table & Dice",
    category: "Games",
    variants: [variant("Trays, white", { uses: { 1: 287.9 }, minutes: 812, revisions: 2 })],
  },
  {
    name: "Articulated Dragon",
    designer: "Scalewright",
    category: "Toys",
    variants: [
      variant("Silk gold", { uses: { 3: 76.5 }, minutes: 245 }),
      variant("Red and black", { uses: { 2: 58.2, 0: 21.4 }, minutes: 402 }),
    ],
  },
  {
    name: "Headphone Stand",
    designer: "own design",
    category: "Office",
    variants: [variant("Fine", { uses: { 0: 186.3 }, minutes: 690, layerHeightMm: 0.16 })],
  },
  {
    name: "Bicycle Light Mount",
    designer: "Velo Parts",
    category: "Outdoor",
    variants: [variant("31.8 mm, ASA", { uses: { 8: 24.7 }, minutes: 96, revisions: 2 })],
  },
  {
    name: "Garden Hose Guide",
    designer: "own design",
    category: "Outdoor",
    variants: [variant("Pair", { uses: { 8: 132.2 }, minutes: 384 })],
  },
  {
    name: "Phone Bumper",
    designer: "own design",
    category: "Office",
    variants: [variant("Soft", { uses: { 9: 28.9 }, minutes: 142 })],
  },
  {
    name: "Drone Arm",
    designer: "Quadworks",
    category: "Parts",
    variants: [variant("Set of four", { uses: { 10: 61.8 }, minutes: 286, revisions: 2 })],
  },
  {
    name: "Name Sign",
    designer: "own design",
    category: "Gifts",
    variants: [variant("White on pink", { uses: { 11: 41.5, 1: 6.3 }, minutes: 128 })],
  },
  {
    name: "Lamp Shade “Crêpe”",
    designer: "Atelier Lumière",
    category: "Home",
    variants: [variant("Clear orange", { uses: { 7: 198.6 }, minutes: 744 })],
  },
  {
    name: "Gear Bearing",
    designer: "Clockwork",
    category: "Toys",
    variants: [variant("Grey and orange", { uses: { 6: 33.1, 7: 12.4 }, minutes: 165 })],
  },
];
