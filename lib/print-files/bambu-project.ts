import { toldByBambuSettings } from "./bambu-settings.ts";
import { blankFilament, colorHex, type FilamentUse, usedFilaments } from "./filaments.ts";
import type { PrintFilament, PrintMetadata } from "./metadata.ts";
import { numberOf, type Settings } from "./settings.ts";
import { jsonObject } from "./text.ts";
import { elementsNamed, parseXml, type XmlElement } from "./xml.ts";

/** The texts of a project's entries; null where it has none. */
export interface BambuProject {
  /** Metadata/project_settings.config, JSON. */
  readonly projectSettings: string | null;
  /** Metadata/slice_info.config, XML: what slicing found out, plate by plate. */
  readonly sliceInfo: string | null;
  /** Metadata/model_settings.config, XML: what lies on which plate. */
  readonly modelSettings: string | null;
}

/**
 * What a project of Bambu Studio or Orca tells. Pure.
 * @see https://github.com/bambulab/BambuStudio/blob/master/src/libslic3r/Format/bbs_3mf.cpp
 * @throws PrintFileError when an entry isn't what it should be.
 */
export function readBambuProject(project: BambuProject): Partial<PrintMetadata> {
  const told =
    project.projectSettings === null ? null : toldByBambuSettings(jsonSettings(project.projectSettings));
  const sliceInfo = project.sliceInfo === null ? null : parseXml(project.sliceInfo);
  const modelSettings = project.modelSettings === null ? null : parseXml(project.modelSettings);

  const slicedPlates = sliceInfo === null ? [] : elementsNamed(sliceInfo, "plate").filter(isSliced);
  const plates = modelSettings === null ? 0 : elementsNamed(modelSettings, "plate").length;
  return {
    ...told,
    ...(slicedPlates.length === 0 ? {} : sliced(slicedPlates, told?.filaments ?? [])),
    plates: Math.max(plates, slicedPlates.length, 1),
    slicer: sliceInfo === null ? null : slicerOf(sliceInfo),
    remarks:
      slicedPlates.length > 0 && slicedPlates.length < plates
        ? [`Time and filament are those of the ${slicedPlates.length} of ${plates} plates that are sliced.`]
        : [],
  };
}

function sliced(
  plates: readonly XmlElement[],
  known: readonly PrintFilament[],
): Pick<PrintMetadata, "sliced" | "printSeconds" | "filaments"> {
  const elements = plates.flatMap((plate) => elementsNamed(plate, "filament"));
  const described = elements.map((element) => describedFilament(element, known));
  return {
    sliced: true,
    printSeconds: sum(plates.map((plate) => numberOf(metadataOf(plate, "prediction") ?? ""))),
    filaments: usedFilaments(usesBySlot(elements), described),
  };
}

/** Material and colour as the plate tells them, which may be another than the project's since it was sliced. */
function describedFilament({ attributes }: XmlElement, known: readonly PrintFilament[]): PrintFilament {
  const slot = numberOf(attributes["id"] ?? "");
  const ofProject = known.find((filament) => filament.slot === slot) ?? blankFilament(slot);
  return {
    ...ofProject,
    material: attributes["type"] || ofProject.material,
    colorHex: colorHex(attributes["color"]) ?? ofProject.colorHex,
  };
}

function usesBySlot(elements: readonly XmlElement[]): readonly FilamentUse[] {
  const uses = new Map<number, FilamentUse>();
  for (const { attributes } of elements) {
    const slot = numberOf(attributes["id"] ?? "");
    const before = uses.get(slot);
    const grams = numberOf(attributes["used_g"] ?? "") + (before?.grams ?? 0);
    const meters = numberOf(attributes["used_m"] ?? "") + (before?.meters ?? 0);
    uses.set(slot, { slot, grams, meters });
  }
  return [...uses.values()];
}

/** A plate that wasn't sliced is listed too by some versions, without a time or with 0. */
function isSliced(plate: XmlElement): boolean {
  const prediction = numberOf(metadataOf(plate, "prediction") ?? "");
  return !(Number.isNaN(prediction) || prediction === 0) || elementsNamed(plate, "filament").length > 0;
}

/** Orca keeps Bambu's items and adds its own. */
function slicerOf(sliceInfo: XmlElement): PrintMetadata["slicer"] {
  const items = elementsNamed(sliceInfo, "header_item");
  const valueOf = (key: string) =>
    items.find(({ attributes }) => attributes["key"] === key)?.attributes["value"];
  const orca = valueOf("OrcaSlicer-Version");
  if (orca !== undefined) return { name: "OrcaSlicer", version: orca };
  return { name: "Bambu Studio", version: valueOf("X-BBL-Client-Version") ?? null };
}

function metadataOf(plate: XmlElement, key: string): string | undefined {
  return plate.children.find(({ name, attributes }) => name === "metadata" && attributes["key"] === key)
    ?.attributes["value"];
}

function jsonSettings(json: string): Settings {
  const entries = Object.entries(jsonObject(json)).flatMap(([name, value]): [string, string | string[]][] => {
    if (typeof value === "string") return [[name, value]];
    return Array.isArray(value) && value.length <= 1000 ? [[name, value.map(textOf)]] : [];
  });
  return new Map(entries);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
