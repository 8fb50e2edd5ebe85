import { expect, test } from "vitest";
import { bambuGcode, curaGcode, griffinGcode, orcaGcode, prusaGcode } from "./gcodes.ts";
import { countingSource, metadataFrom, metadataOf } from "./read.ts";
import { bytesOf } from "./zip-builder.ts";

test.each([
  ["PrusaSlicer 2.8.1", "PrusaSlicer", "2.8.1"],
  ["PrusaSlicer 2.6.0+win64", "PrusaSlicer", "2.6.0+win64"],
  ["SuperSlicer 2.5.59", "SuperSlicer", "2.5.59"],
])("G-code of %s tells what stands at its end", async (generator, name, version) => {
  expect(await metadataOf(prusaGcode(generator))).toMatchObject({
    format: "gcode",
    sliced: true,
    slicer: { name, version },
    printer: "MK4S",
    layerHeightMm: 0.2,
    nozzleTemperatureC: 210,
    bedTemperatureC: 60,
    printSeconds: 93_784,
    filaments: [{ slot: 1, material: "PLA", colorHex: "#ff8000", grams: 3.68, meters: 1.234 }],
    remarks: [],
  });
});

test("G-code of Orca tells each of its filaments, and none that isn't used", async () => {
  const metadata = await metadataOf(orcaGcode());

  expect(metadata).toMatchObject({
    slicer: { name: "OrcaSlicer", version: "2.4.2" },
    printer: "Voron 2.4 350",
    layerHeightMm: 0.24,
    nozzleTemperatureC: 250,
    bedTemperatureC: 100,
    printSeconds: 6 * 3600 + 24 * 60 + 10,
  });
  expect(metadata.filaments.map(({ slot, material, grams }) => [slot, material, grams])).toEqual([
    [1, "ABS", 98.4],
    [2, "ABS", 52.82],
  ]);
});

test("G-code of Bambu Studio tells everything in its head, and which of its filaments are used", async () => {
  const metadata = await metadataOf(bambuGcode());

  expect(metadata).toMatchObject({
    slicer: { name: "Bambu Studio", version: "02.08.02.61" },
    printer: "Bambu Lab A1 mini",
    layerHeightMm: 0.16,
    bedTemperatureC: 45,
    printSeconds: 20 * 60 + 21,
  });
  expect(metadata.filaments).toMatchObject([
    { slot: 1, material: "PLA", colorHex: "#00ae42", grams: 5.44, meters: 1.823 },
    { slot: 3, material: "PLA-CF", colorHex: "#0a2ca5", nozzleTemperatureC: 230, grams: 0.3, meters: 0.1 },
  ]);
});

test("G-code of Cura tells a length, of which the weight is an estimate that says so", async () => {
  const metadata = await metadataOf(curaGcode());

  expect(metadata).toMatchObject({
    slicer: { name: "Cura", version: "5.8.1" },
    layerHeightMm: 0.2,
    nozzleTemperatureC: 205,
    bedTemperatureC: 65,
    printSeconds: 8235,
  });
  expect(metadata.filaments).toMatchObject([{ slot: 1, meters: 5.966, grams: 17.79, gramsEstimated: true }]);
  expect(metadata.remarks).toEqual([expect.stringContaining("Cura tells no weight")]);
});

test("G-code of Cura for Ultimaker's printers tells a volume", async () => {
  expect(await metadataOf(griffinGcode())).toMatchObject({
    slicer: { name: "Cura", version: "4.5.0" },
    printer: "Ultimaker 3",
    nozzleTemperatureC: 235,
    bedTemperatureC: 60,
    printSeconds: 480,
    filaments: [{ slot: 1, meters: 0.456, grams: 3.61 }],
  });
});

test("G-code of an unknown slicer tells the temperatures that its commands set", async () => {
  const gcode =
    "; made by hand\nG28\nM104 S160 ; wait\nM140 S50\nM109 S200\nM190 S55\nG1 X1\nM104 S0\nM140 S0\n";

  expect(await metadataOf(gcode)).toMatchObject({
    slicer: null,
    nozzleTemperatureC: 200,
    bedTemperatureC: 55,
    filaments: [],
    remarks: [expect.stringContaining("No slicer that FM5 knows")],
  });
});

test("G-code that lost its end is kept, with a word about it", async () => {
  const cut = prusaGcode().split("; filament used")[0] ?? "";

  expect((await metadataOf(cut)).remarks).toEqual([expect.stringContaining("may be cut short")]);
});

test("of large G-code only its ends are read", async () => {
  const [start = "", end = ""] = prusaGcode().split(/(?=; filament used \[mm\])/u);
  const source = countingSource(bytesOf(`${start}${"G1 X1 Y1 E.1\n".repeat(500_000)}${end}`));

  expect(await metadataFrom(source)).toMatchObject({ printSeconds: 93_784, printer: "MK4S" });
  expect(source.bytes()).toBeLessThan(1_200_000);
});

test("what can't be is left out and named", async () => {
  const impossible = prusaGcode("PrusaSlicer 2.8.1")
    .replace("1d 2h 3m 4s", "999999d 2h")
    .replace("[g] = 3.68, 0.00", "[g] = -3, 1e300")
    .replace("layer_height = 0.2", "layer_height = nan")
    .replace("bed_temperature = 60,60", "bed_temperature = 99999");

  const metadata = await metadataOf(impossible);

  expect(metadata).toMatchObject({ printSeconds: null, layerHeightMm: null, bedTemperatureC: null });
  expect(metadata.filaments.map(({ grams }) => grams)).toEqual([null, null]);
  expect(metadata.remarks.join(" ")).toContain(
    "Left out, because it can’t be: layer height, bed temperature, print time, filament weight.",
  );
});

test("names that hold control characters or half characters are cleaned, long ones are cut", async () => {
  const printer = `MK\u0007\u202E4${"S".repeat(500)}\uD83D`;
  const metadata = await metadataOf(
    prusaGcode().replace("printer_model = MK4S", () => `printer_model = ${printer}`),
  );

  expect(metadata.printer).toMatch(/^MK4S{197}$/u);
});

test("an enormous line is passed over", async () => {
  const metadata = await metadataOf(
    prusaGcode().replace("; layer_height = 0.2", `; x = ${"9".repeat(300_000)}`),
  );

  expect(metadata).toMatchObject({ layerHeightMm: null, printer: "MK4S" });
});
