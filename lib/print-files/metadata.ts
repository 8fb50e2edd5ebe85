import { z } from "zod";

/** Filaments that one file may use; the largest changers hold 16, and what is beyond is a mistake or an attack. */
export const FILAMENTS_LIMIT = 64;

const shortText = z.string().min(1).max(200);
const amount = z.number().nonnegative().max(1e9);

const filamentSchema = z.object({
  /** As the slicer counts, from 1. */
  slot: z.int().min(1).max(FILAMENTS_LIMIT),
  /** PLA, PETG, … as the slicer wrote it. */
  material: shortText.nullable(),
  /** #rrggbb, small letters. */
  colorHex: z
    .string()
    .regex(/^#[0-9a-f]{6}$/u)
    .nullable(),
  nozzleTemperatureC: amount.nullable(),
  /** For all plates together, at most two decimals. Null where nothing was sliced. */
  grams: amount.nullable(),
  /** The slicer told only the length: grams are that length at the material's usual density. */
  gramsEstimated: z.boolean(),
  meters: amount.nullable(),
});

/** What slicers wrote into a print file, or what its triangles tell. In `File.metadata` as JSON. */
export const printMetadataSchema = z.object({
  schema: z.literal(1),
  format: z.enum(["3mf", "gcode.3mf", "gcode", "stl"]),
  /** Whether it holds what a printer does, so that time and filament can be known. */
  sliced: z.boolean(),
  slicer: z.object({ name: shortText, version: shortText.nullable() }).nullable(),
  printer: shortText.nullable(),
  layerHeightMm: amount.nullable(),
  /** Of the first filament that is used, after the first layer. */
  nozzleTemperatureC: amount.nullable(),
  bedTemperatureC: amount.nullable(),
  /** For all plates together, as the slicer estimated. */
  printSeconds: z.int().nonnegative().max(1e9).nullable(),
  plates: z.int().min(1).max(1000),
  /** By slot; the slots that the print uses, or all of a project that isn't sliced. */
  filaments: z.array(filamentSchema).max(FILAMENTS_LIMIT).readonly(),
  /** Of a mesh, which has no unit: millimetres by custom. */
  mesh: z
    .object({
      triangles: z.int().nonnegative(),
      sizeMm: z.object({ x: amount, y: amount, z: amount }),
    })
    .nullable(),
  /** Name of the archive's entry that shows the print, a PNG. */
  thumbnail: shortText.nullable(),
  /** What its owner should know: "Not sliced: no filament use known." */
  remarks: z.array(z.string().min(1).max(300)).max(10).readonly(),
});

export type PrintFilament = Readonly<z.infer<typeof filamentSchema>>;
export type PrintMetadata = Readonly<z.infer<typeof printMetadataSchema>>;

/** What is known of a file that tells nothing, to be filled in. */
export function blankMetadata(format: PrintMetadata["format"]): PrintMetadata {
  return {
    schema: 1,
    format,
    sliced: false,
    slicer: null,
    printer: null,
    layerHeightMm: null,
    nozzleTemperatureC: null,
    bedTemperatureC: null,
    printSeconds: null,
    plates: 1,
    filaments: [],
    mesh: null,
    thumbnail: null,
    remarks: [],
  };
}

/** What `File.metadata` holds; null where nothing was read yet, or what an older release wrote can't be used. */
export function storedMetadata(json: unknown): PrintMetadata | null {
  const parsed = printMetadataSchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}
