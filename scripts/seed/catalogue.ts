import { searchText } from "../../lib/search-text.ts";
import { DESIGNS, type Design, goodAt } from "./goods.ts";
import { idOf } from "./identity.ts";
import { printFile } from "./print-file.ts";
import type { Row, Rows } from "./rows.ts";
import { daysAgo, type Shop } from "./shelf.ts";

type Catalogue = Pick<Rows, "models" | "variants" | "files" | "revisions">;

/** A file and what is in it. */
export interface StoredObject {
  /** Where the app looks for it. */
  readonly key: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const CONTENT_TYPE = "model/3mf";

export function variantId({ ownerId }: Shop, { name }: Design, variant: number): string {
  return idOf(ownerId, "variant", name, String(variant));
}

export function revisionId(shop: Shop, variant: string, number: number): string {
  return idOf(shop.ownerId, "revision", variant, String(number));
}

/** Models with their variants and revisions, and the files that belong to them. */
export function catalogue(shop: Shop): Catalogue & { readonly objects: readonly StoredObject[] } {
  const models = DESIGNS.map((design, place) => modelRow(shop, design, place));
  const variants = DESIGNS.flatMap((design, place) =>
    design.variants.map((variant, index) => ({
      design,
      variant,
      id: variantId(shop, design, index),
      at: daysAgo(shop, 90 - place * 5),
    })),
  );
  const revisions = variants.flatMap((parent) =>
    Array.from({ length: parent.variant.revisions }, (_, index) => revisionOf(shop, parent, index + 1)),
  );
  return {
    models,
    variants: variants.map(({ design, variant, id, at }) => ({
      id,
      ownerId: shop.ownerId,
      modelId: modelId(shop, design),
      name: variant.name,
      notes: "",
      searchText: searchText(variant.name, design.name),
      createdAt: at,
      updatedAt: at,
    })),
    files: revisions.map(({ file }) => file),
    revisions: revisions.map(({ revision }) => revision),
    objects: revisions.map(({ object }) => object),
  };
}

function modelId({ ownerId }: Shop, { name }: Design): string {
  return idOf(ownerId, "model", name);
}

function modelRow(shop: Shop, design: Design, place: number): Row {
  const { name, designer, category } = design;
  const at = daysAgo(shop, 90 - place * 5);
  return {
    id: modelId(shop, design),
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

interface Parent {
  readonly design: Design;
  readonly variant: Design["variants"][number];
  readonly id: string;
  readonly at: string;
}

function revisionOf(shop: Shop, parent: Parent, number: number) {
  const { design, variant, id: variantOf, at } = parent;
  const id = revisionId(shop, variantOf, number);
  const fileId = idOf(id, "file");
  const filaments = Object.entries(variant.uses).map(([good, grams]) => {
    const { material, colorHex } = goodAt(Number(good));
    return { material, colorHex, grams };
  });
  const { bytes, sha256, metadata } = printFile({ ...variant, title: design.name, filaments });
  const name = `${design.name} ${variant.name} r${number}.gcode.3mf`;
  return {
    revision: { id, ownerId: shop.ownerId, variantId: variantOf, number, fileId, notes: "", createdAt: at },
    file: {
      id: fileId,
      ownerId: shop.ownerId,
      name,
      kind: "print",
      contentType: CONTENT_TYPE,
      sizeBytes: bytes.length,
      sha256,
      state: "ready",
      problem: null,
      uploadId: null,
      metadata,
      createdAt: at,
      updatedAt: at,
    },
    object: { key: `users/${shop.ownerId}/${fileId}`, contentType: CONTENT_TYPE, bytes },
  };
}
