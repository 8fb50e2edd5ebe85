import { expect, test } from "vitest";
import { bambuProject, prusaProject, threeMf } from "./archives.ts";
import { metadataOf } from "./read.ts";
import { bytesOf, type EntryPlan, zipOf } from "./zip-builder.ts";

const MEBIBYTE = 1024 * 1024;
const CONFIG = "Metadata/Slic3r_PE.config";

function withEntry(entry: EntryPlan): Uint8Array {
  return threeMf([entry]);
}

const LAUGHS = `<?xml version="1.0"?><!DOCTYPE config [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><config><plate>&b;</plate></config>`;
const FOREIGN = `<?xml version="1.0"?><!DOCTYPE config [<!ENTITY x SYSTEM "file:///etc/passwd">]><config>&x;</config>`;

test.each([
  [
    "settings that become a thousand times larger",
    withEntry({ name: CONFIG, content: new Uint8Array(7 * MEBIBYTE) }),
    "hostile",
    "very much larger",
  ],
  [
    "settings that say they are small",
    withEntry({ name: CONFIG, content: new Uint8Array(7 * MEBIBYTE), says: { unpackedBytes: 1000 } }),
    "malformed",
    "checksum",
  ],
  [
    "settings of hundreds of megabytes",
    withEntry({ name: CONFIG, content: "x", says: { unpackedBytes: 300 * MEBIBYTE } }),
    "hostile",
    "very much larger",
  ],
  [
    "settings that are too large",
    withEntry({ name: CONFIG, content: noise(9 * MEBIBYTE) }),
    "hostile",
    "larger than settings can be",
  ],
  [
    "a bomb that FM5 would never unpack",
    withEntry({ name: "3D/other.model", content: new Uint8Array(20 * MEBIBYTE) }),
    "hostile",
    "very much larger",
  ],
  [
    "a name that leads out of the folder",
    withEntry({ name: "../../etc/passwd", content: "x" }),
    "hostile",
    "out of its folder",
  ],
  [
    "a name in the middle that leads out",
    withEntry({ name: "a/../../b", content: "x" }),
    "hostile",
    "out of its folder",
  ],
  ["a name from the root", withEntry({ name: "/etc/passwd", content: "x" }), "hostile", "out of its folder"],
  [
    "a name of another system",
    withEntry({ name: "C:\\Windows\\win.ini", content: "x" }),
    "hostile",
    "out of its folder",
  ],
  ["a name with a zero in it", withEntry({ name: "a\u0000b", content: "x" }), "hostile", "out of its folder"],
  [
    "two entries of one name",
    threeMf([
      { name: "a", content: "x" },
      { name: "a", content: "y" },
    ]),
    "hostile",
    "same name",
  ],
  [
    "entries that lie over each other",
    withEntry({ name: CONFIG, content: "; layer_height = 1", says: { offset: 0 } }),
    "hostile",
    "lie over each other",
  ],
  [
    "an entry that is longer than the archive",
    withEntry({ name: "a", content: "x", says: { packedBytes: 100_000, unpackedBytes: 100_000 } }),
    "malformed",
    "longer than the archive",
  ],
  [
    "more entries than a project has",
    threeMf(Array.from({ length: 5001 }, (_, index) => ({ name: `n${index}`, content: "", stored: true }))),
    "hostile",
    "more than 5000 entries",
  ],
  [
    "an encrypted entry",
    withEntry({ name: CONFIG, content: "x", says: { flags: 1 } }),
    "unsupported",
    "encrypted",
  ],
  [
    "an entry packed in another way",
    withEntry({ name: CONFIG, content: "x", says: { method: 14 } }),
    "unsupported",
    "doesn’t know",
  ],
  [
    "a wrong checksum",
    withEntry({ name: CONFIG, content: "; a = 1", says: { crc32: 7 } }),
    "malformed",
    "checksum",
  ],
  [
    "settings that aren't text",
    withEntry({ name: CONFIG, content: Uint8Array.of(0xc3, 0x28) }),
    "malformed",
    "readable text",
  ],
  ["entities in its plates", bambuProject({ sliceInfo: LAUGHS }), "hostile", "document type"],
  ["entities that lead to a file", bambuProject({ modelSettings: FOREIGN }), "hostile", "document type"],
  ["plates that are no XML", bambuProject({ sliceInfo: "<config><plate></config>" }), "malformed", "no XML"],
  ["plates that are cut short", bambuProject({ sliceInfo: "<config><plate>" }), "malformed", "no XML"],
  [
    "plates that are nested too deep",
    bambuProject({ sliceInfo: "<a>".repeat(10_000) }),
    "hostile",
    "nested too deep",
  ],
  [
    "settings that are no JSON",
    threeMf([{ name: "Metadata/project_settings.config", content: "{" }]),
    "malformed",
    "can’t be read",
  ],
  [
    "settings that are nested too deep",
    threeMf([{ name: "Metadata/project_settings.config", content: "[".repeat(500_000) }]),
    "malformed",
    "can’t be read",
  ],
  ["no model", zipOf([{ name: "readme.txt", content: "hello" }]), "unsupported", "no 3MF file"],
  [
    "nothing in it",
    bytesOf(`PK\u0003\u0004${"x".repeat(100)}`),
    "truncated",
    "end of the archive is missing",
  ],
  ["a lost end", prusaProject().slice(0, -60), "truncated", "end of the archive is missing"],
])("an archive with %s is refused", async (...[, file, code, message]) => {
  await expect(metadataOf(file)).rejects.toMatchObject({
    name: "PrintFileError",
    code,
    message: expect.stringContaining(message),
  });
});

test("names of JavaScript's own in settings change nothing", async () => {
  const settings = JSON.parse('{"__proto__": {"layer_height": "9"}, "constructor": ["x"], "toString": "y"}');

  const metadata = await metadataOf(bambuProject({ settings }));

  expect(metadata.layerHeightMm).toBe(0.2);
  expect(Reflect.get({}, "layer_height")).toBeUndefined();
});

test("numbers in the plates that can't be are left out", async () => {
  const sliceInfo = `<config><plate><metadata key="prediction" value="1e999"/>
    <filament id="1" type="PLA" color="red" used_g="-5" used_m="NaN"/>
    <filament id="99999999" type="PLA" used_g="5" used_m="1"/></plate></config>`;

  const metadata = await metadataOf(bambuProject({ sliceInfo }));

  expect(metadata.printSeconds).toBeNull();
  expect(metadata.filaments).toMatchObject([{ slot: 1, grams: null, meters: null, colorHex: "#161616" }]);
});

test("an archive with a comment behind it is read", async () => {
  const comment = "made by PK\u0005\u0006 hand";

  expect(await metadataOf(bambuProject({}, { comment }))).toMatchObject({ sliced: true });
});

/** What doesn't become smaller when it is packed; the same each time. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}
