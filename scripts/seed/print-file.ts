import { createHash } from "node:crypto";
import { strToU8, zipSync } from "fflate";
import type { PrintMetadata } from "../../lib/print-files/metadata.ts";

interface Print {
  readonly title: string;
  readonly minutes: number;
  readonly layerHeightMm: number;
  readonly filaments: readonly {
    readonly material: string;
    readonly colorHex: string;
    readonly grams: number;
  }[];
}

interface PrintFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** What FM5 reads from it. */
  readonly metadata: PrintMetadata;
}

/** Of every entry, so that the same print is the same bytes. */
const WRITTEN_AT = new Date(2026, 0, 1);

const TYPES = `<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/><Default Extension="gcode" ContentType="text/x.gcode"/></Types>`;
const RELATIONS = `<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Target="/3D/3dmodel.model" Id="rel-1" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>`;

/** A sliced print as Bambu Studio and Orca write one, with hardly anything to print in it. */
export function printFile(print: Print): PrintFile {
  const entries = {
    "[Content_Types].xml": TYPES,
    "_rels/.rels": RELATIONS,
    "3D/3dmodel.model": modelXml(print),
    "Metadata/slice_info.config": sliceInfo(print),
    "Metadata/project_settings.config": projectSettings(print),
    "Metadata/plate_1.gcode": gcode(print),
  };
  const files = Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, strToU8(text)]));
  const bytes = zipSync(files, { mtime: WRITTEN_AT });
  return {
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    metadata: metadataOf(print),
  };
}

function metadataOf({ minutes, layerHeightMm, filaments }: Print): PrintMetadata {
  return {
    schema: 1,
    format: "gcode.3mf",
    sliced: true,
    slicer: { name: "OrcaSlicer", version: "2.3.0" },
    printer: "Workshop printer 0.4",
    layerHeightMm,
    nozzleTemperatureC: 220,
    bedTemperatureC: 60,
    printSeconds: minutes * 60,
    plates: 1,
    filaments: filaments.map(({ material, colorHex, grams }, index) => ({
      slot: index + 1,
      material,
      colorHex,
      nozzleTemperatureC: 220,
      grams,
      gramsEstimated: false,
      meters: Math.round(grams * 33.5) / 100,
    })),
    mesh: null,
    thumbnail: null,
    remarks: [],
  };
}

function modelXml({ title }: Print): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xml:lang="en-US" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><metadata name="Title">${escaped(title)}</metadata><metadata name="Application">OrcaSlicer-2.3.0</metadata><resources><object id="1" type="model"><mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="10" y="0" z="0"/><vertex x="0" y="10" z="0"/><vertex x="0" y="0" z="10"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/><triangle v1="0" v2="1" v3="3"/><triangle v1="1" v2="2" v3="3"/><triangle v1="0" v2="3" v3="2"/></triangles></mesh></object></resources><build><item objectid="1"/></build></model>`;
}

function sliceInfo({ minutes, filaments }: Print): string {
  const slots = filaments.map(
    ({ material, colorHex, grams }, index) =>
      `    <filament id="${index + 1}" type="${material}" color="${colorHex.toUpperCase()}" used_m="${(grams * 0.335).toFixed(2)}" used_g="${grams.toFixed(2)}"/>`,
  );
  const weight = filaments.reduce((sum, { grams }) => sum + grams, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<config>",
    '  <header><header_item key="X-BBL-Client-Type" value="slicer"/><header_item key="X-BBL-Client-Version" value="02.03.00.00"/></header>',
    "  <plate>",
    '    <metadata key="index" value="1"/>',
    `    <metadata key="prediction" value="${minutes * 60}"/>`,
    `    <metadata key="weight" value="${weight.toFixed(2)}"/>`,
    ...slots,
    "  </plate>",
    "</config>",
    "",
  ].join("\n");
}

function projectSettings({ layerHeightMm, filaments }: Print): string {
  return JSON.stringify({
    layer_height: String(layerHeightMm),
    printer_model: "Workshop printer 0.4",
    filament_type: filaments.map(({ material }) => material),
    filament_colour: filaments.map(({ colorHex }) => colorHex.toUpperCase()),
    nozzle_temperature: filaments.map(() => "220"),
    hot_plate_temp: filaments.map(() => "60"),
  });
}

function gcode({ minutes, layerHeightMm }: Print): string {
  const time = `${Math.floor(minutes / 60)}h ${minutes % 60}m 0s`;
  return `; HEADER_BLOCK_START\n; OrcaSlicer 2.3.0\n; total estimated time: ${time}\n; HEADER_BLOCK_END\n; layer_height = ${layerHeightMm}\nG28\nM104 S0\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
