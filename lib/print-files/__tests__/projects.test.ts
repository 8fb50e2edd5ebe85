import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { bytesSource } from "../byte-source.ts";
import { readThumbnail } from "../three-mf.ts";
import { bambuProject, bambuSlicedPlate, curaProject, PIXEL, prusaProject, threeMf } from "./archives.ts";
import { bambuGcode } from "./gcodes.ts";
import { countingSource, metadataFrom, metadataOf } from "./read.ts";

test("a project of Bambu Studio tells time and filament of all sliced plates, colour by colour", async () => {
  expect(await metadataOf(bambuProject())).toEqual({
    schema: 1,
    format: "3mf",
    sliced: true,
    slicer: { name: "Bambu Studio", version: "02.08.02.61" },
    printer: "Bambu Lab X1 Carbon",
    layerHeightMm: 0.2,
    nozzleTemperatureC: 220,
    bedTemperatureC: 55,
    printSeconds: 6000,
    plates: 3,
    filaments: [
      {
        slot: 1,
        material: "PLA",
        colorHex: "#161616",
        nozzleTemperatureC: 220,
        grams: 27,
        gramsEstimated: false,
        meters: 9.06,
      },
      {
        slot: 2,
        material: "PETG",
        colorHex: "#f4ee2a",
        nozzleTemperatureC: 255,
        grams: 2,
        gramsEstimated: false,
        meters: 0.66,
      },
    ],
    mesh: null,
    thumbnail: "Metadata/plate_1.png",
    remarks: ["Time and filament are those of the 2 of 3 plates that are sliced."],
  });
});

test("a project that isn't sliced tells its settings and filaments, and that no use is known", async () => {
  const metadata = await metadataOf(bambuProject({ sliceInfo: null }));

  expect(metadata).toMatchObject({ sliced: false, printSeconds: null, plates: 3, layerHeightMm: 0.2 });
  expect(metadata.filaments.map(({ material, grams }) => [material, grams])).toEqual([
    ["PLA", null],
    ["PETG", null],
  ]);
  expect(metadata.remarks).toEqual(["Not sliced: no filament use known."]);
});

test("Orca is told from Bambu Studio, whose marks it keeps", async () => {
  const sliceInfo = `<config><header>
    <header_item key="X-BBL-Client-Version" value="02.00.00.00"/><header_item key="OrcaSlicer-Version" value="2.4.2"/>
  </header></config>`;

  expect((await metadataOf(bambuProject({ sliceInfo }))).slicer).toEqual({
    name: "OrcaSlicer",
    version: "2.4.2",
  });
});

test("a sliced plate for the printer is G-code in an archive", async () => {
  expect(await metadataOf(bambuSlicedPlate(bambuGcode()))).toMatchObject({
    format: "gcode.3mf",
    sliced: true,
    printSeconds: 6000,
    nozzleTemperatureC: null,
  });
});

test("a sliced plate without a summary tells what its G-code does", async () => {
  expect(await metadataOf(bambuSlicedPlate(bambuGcode(), null))).toMatchObject({
    format: "gcode.3mf",
    slicer: { name: "Bambu Studio", version: "02.08.02.61" },
    printSeconds: 20 * 60 + 21,
    filaments: [
      { slot: 1, grams: 5.44, colorHex: "#00ae42" },
      { slot: 3, grams: 0.3, colorHex: "#0a2ca5" },
    ],
  });
});

test("a project of PrusaSlicer, in ZIP64, tells its settings", async () => {
  const metadata = await metadataOf(prusaProject());

  expect(metadata).toMatchObject({
    format: "3mf",
    sliced: false,
    slicer: { name: "PrusaSlicer", version: "2.8.1" },
    printer: "MK4S",
    layerHeightMm: 0.15,
    nozzleTemperatureC: 210,
    bedTemperatureC: 60,
    thumbnail: "Metadata/thumbnail.png",
  });
  expect(metadata.filaments).toMatchObject([
    { slot: 1, material: "PLA", colorHex: "#ff8000", nozzleTemperatureC: 210, grams: null },
    { slot: 2, material: "PETG", colorHex: "#00ff00", nozzleTemperatureC: 235, grams: null },
  ]);
});

test("a project of Cura tells what its stacks and its material say, and no formula", async () => {
  expect(await metadataOf(curaProject())).toMatchObject({
    slicer: { name: "Cura", version: "5.8.1" },
    printer: "Workshop S5",
    layerHeightMm: 0.1,
    nozzleTemperatureC: 240,
    bedTemperatureC: 85,
    filaments: [{ slot: 1, material: "PETG", colorHex: "#2255aa", nozzleTemperatureC: 240 }],
  });
});

test("a 3MF file of any other program tells that program", async () => {
  const metadata = await metadataOf(threeMf([], {}, "Blender 4.2.1"));

  expect(metadata).toMatchObject({
    sliced: false,
    slicer: { name: "Blender", version: "4.2.1" },
    filaments: [],
  });
});

test("of a large project only some kilobytes are read", async () => {
  const mesh = { name: "3D/Objects/object_1.model", content: randomBytes(6_000_000), stored: true };
  const settings = { name: "Metadata/Slic3r_PE.config", content: "; layer_height = 0.3\n" };
  const source = countingSource(threeMf([mesh, settings]));

  expect(await metadataFrom(source)).toMatchObject({ layerHeightMm: 0.3 });
  expect(source.bytes()).toBeLessThan(200_000);
  expect(source.reads()).toBeLessThan(20);
});

test("the picture in a project is read by its name", async () => {
  const source = bytesSource(bambuProject());

  expect(await readThumbnail(source, "Metadata/plate_1.png")).toEqual(PIXEL);
  expect(await readThumbnail(source, "Metadata/plate_9.png")).toBeNull();
});
