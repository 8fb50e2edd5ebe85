import { searchText } from "../../lib/search-text.ts";
import { GOODS } from "./goods.ts";
import { dice, idOf } from "./identity.ts";
import type { Row } from "./rows.ts";
import { daysAgo, type Shop } from "./shelf.ts";

const VARIANTS_EACH = 4;
const THINGS = [
  "Bracket",
  "Vase",
  "Hook",
  "Box",
  "Clip",
  "Stand",
  "Holder",
  "Gear",
  "Knob",
  "Spacer",
  "Lid",
  "Tray",
];
const KINDS = ["Corner", "Round", "Slim", "Heavy", "Hex", "Modular", "Folding", "Angled", "Wall", "Desk"];
const CATEGORIES = ["Home", "Workshop", "Office", "Outdoor", "Toys", "Parts"];
const DESIGNERS = ["own design", "J. Maker", "Table & Dice", "Velo Parts", "Quadworks"];

/** Models with four variants each, without files: enough to see whether lists and search stay quick. */
export function manyVariants(
  shop: Shop,
  count: number,
): { readonly models: readonly Row[]; readonly variants: readonly Row[] } {
  const models = Array.from({ length: Math.ceil(count / VARIANTS_EACH) }, (_, index) => model(shop, index));
  const variants = Array.from({ length: count }, (_, index) =>
    variant(shop, index, models[Math.floor(index / VARIANTS_EACH)]),
  );
  return { models, variants };
}

interface Model extends Row {
  readonly name: string;
}

function model(shop: Shop, index: number): Model {
  const roll = dice(`model ${index}`);
  const name = `${pick(KINDS, roll())} ${pick(THINGS, roll())} ${index + 1}`;
  const designer = pick(DESIGNERS, roll());
  const category = pick(CATEGORIES, roll());
  const at = daysAgo(shop, 100 + index / 100);
  return {
    id: idOf(shop.ownerId, "many models", String(index)),
    ownerId: shop.ownerId,
    name,
    designer,
    category,
    sourceUrl: null,
    notes: "",
    searchText: searchText(name, designer, category),
    archivedAt: null,
    createdAt: at,
    updatedAt: at,
  };
}

function variant(shop: Shop, index: number, parent: Model | undefined): Row {
  if (parent === undefined) throw new RangeError(`Variant ${index} has no model`);
  const roll = dice(`variant ${index}`);
  const { colorName, material } = GOODS[Math.floor(roll() * GOODS.length)] ?? { colorName: "", material: "" };
  const name = `${colorName}, ${material}, ${(0.12 + Math.floor(roll() * 5) * 0.04).toFixed(2)} mm`;
  const at = daysAgo(shop, 100 + index / 400);
  return {
    id: idOf(shop.ownerId, "many variants", String(index)),
    ownerId: shop.ownerId,
    modelId: parent.id,
    name,
    notes: "",
    searchText: searchText(name, parent.name),
    createdAt: at,
    updatedAt: at,
  };
}

function pick(list: readonly string[], roll: number): string {
  return list[Math.floor(roll * list.length)] ?? "";
}
