import { blankFilament, colorHex } from "./filaments.ts";
import { type Ini, parseIni } from "./ini.ts";
import type { PrintFilament, PrintMetadata } from "./metadata.ts";
import { numberOf } from "./settings.ts";
import { elementsNamed, parseXml, type XmlElement } from "./xml.ts";

/** Names of the entries of a project that tell something. */
export const CURA_ENTRIES =
  /(?:\.global\.cfg|\.extruder\.cfg|\.inst\.cfg|\.xml\.fdm_material|Cura\/version\.ini)$/u;

/**
 * Places of a stack's containers, the first of which that knows a setting decides.
 * @see https://github.com/Ultimaker/Cura/blob/main/cura/Settings/CuraContainerStack.py `_ContainerIndexes`
 */
const VALUE_CONTAINERS = ["0", "1", "2", "3"];
const MATERIAL_CONTAINER = "4";

interface Stack {
  readonly name: string;
  readonly position: number;
  readonly values: readonly ReadonlyMap<string, string>[];
  readonly material: XmlElement | null;
}

/**
 * What a project of Cura tells: its stacks of settings per printer and per extruder. Pure. `entries` are texts by the
 * name of their entry. Settings that are formulas are not computed.
 * @see https://github.com/Ultimaker/Cura/blob/main/plugins/3MFWriter/ThreeMFWorkspaceWriter.py
 * @throws PrintFileError when a material isn't XML.
 */
export function readCuraProject(entries: ReadonlyMap<string, string>): Partial<PrintMetadata> {
  const files = filesOf(entries);
  const machine = stacksNamed(".global.cfg", files)[0];
  const extruders = stacksNamed(".extruder.cfg", files).toSorted((a, b) => a.position - b.position);
  const all = [...(machine === undefined ? [] : [machine]), ...extruders];
  const version = files.inis.get("Cura/version.ini")?.get("versions")?.get("cura_version");
  const filaments = extruders.map(filamentOf);
  return {
    slicer: { name: "Cura", version: version ?? null },
    printer: machine?.name ?? null,
    layerHeightMm: firstNumber(all, "layer_height"),
    nozzleTemperatureC: filaments[0]?.nozzleTemperatureC ?? null,
    bedTemperatureC:
      firstNumber(all, "material_bed_temperature") ??
      numberOrNull(materialSetting(extruders[0]?.material ?? null, "heated bed temperature")),
    filaments,
  };
}

interface Files {
  readonly inis: ReadonlyMap<string, Ini>;
  readonly materials: ReadonlyMap<string, XmlElement>;
}

function filesOf(entries: ReadonlyMap<string, string>): Files {
  const all = [...entries];
  const isMaterial = ([name]: readonly [string, string]) => name.endsWith(".xml.fdm_material");
  return {
    inis: new Map(all.filter((entry) => !isMaterial(entry)).map(([name, text]) => [name, parseIni(text)])),
    materials: new Map(all.filter(isMaterial).map(([name, text]) => [idOf(name), parseXml(text)])),
  };
}

function stacksNamed(suffix: string, files: Files): readonly Stack[] {
  return [...files.inis].filter(([name]) => name.endsWith(suffix)).map(([, ini]) => stackOf(ini, files));
}

function stackOf(ini: Ini, { inis, materials }: Files): Stack {
  const containers = ini.get("containers");
  const byId = new Map([...inis].map(([name, container]) => [idOf(name), container]));
  return {
    name: ini.get("general")?.get("name") ?? "",
    position: Number(ini.get("metadata")?.get("position") ?? 0),
    values: VALUE_CONTAINERS.flatMap((place) => byId.get(containers?.get(place) ?? "")?.get("values") ?? []),
    material: materialOf(containers?.get(MATERIAL_CONTAINER) ?? "", materials),
  };
}

/** A stack names a material with its printer, `generic_pla_ultimaker_s5`; the file is for all: `generic_pla`. */
function materialOf(id: string, materials: ReadonlyMap<string, XmlElement>): XmlElement | null {
  const fitting = [...materials].filter(([name]) => id.startsWith(name));
  return fitting.toSorted(([a], [b]) => b.length - a.length)[0]?.[1] ?? null;
}

/** An entry's name without folder and endings; Cura writes ids as parts of a URL. */
function idOf(entry: string): string {
  const name = entry
    .slice(entry.lastIndexOf("/") + 1)
    .replace(/(?:\.\w{1,10}\.cfg|\.xml\.fdm_material)$/u, "");
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return name;
  }
}

function filamentOf(stack: Stack, index: number): PrintFilament {
  const { material } = stack;
  const kind = material === null ? undefined : elementsNamed(material, "material")[0]?.text;
  const color = material === null ? undefined : elementsNamed(material, "color_code")[0]?.text;
  return {
    ...blankFilament(index + 1),
    material: kind || null,
    colorHex: colorHex(color),
    nozzleTemperatureC:
      firstNumber([stack], "material_print_temperature") ??
      numberOrNull(materialSetting(material, "print temperature")),
  };
}

/** @see https://github.com/Ultimaker/fdm_materials a setting that stands for all printers comes before theirs */
function materialSetting(material: XmlElement | null, key: string): string {
  const settings = material === null ? [] : elementsNamed(material, "setting");
  return settings.find(({ attributes }) => attributes["key"] === key)?.text ?? "";
}

function firstNumber(stacks: readonly Stack[], name: string): number | null {
  for (const values of stacks.flatMap((stack) => stack.values)) {
    const value = numberOrNull(values.get(name) ?? "");
    if (value !== null) return value;
  }
  return null;
}

function numberOrNull(written: string): number | null {
  const value = numberOf(written);
  return Number.isNaN(value) ? null : value;
}
