import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { bambuProject, PIXEL, threeMf } from "../../../lib/print-files/__tests__/archives.ts";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import { binaryStl } from "../../../lib/print-files/__tests__/meshes.ts";
import { gcodeOf, MEBIBYTE, PART_BYTES, sha256, type StorageStage } from "./stage.ts";

/** What becomes of files that were sent, and how they are given out. */
export function describeFiles(stage: StorageStage): void {
  test.each([
    ["a small file", gcodeOf(20_000), 20_000],
    ["a file of one part and a byte", gcodeOf(PART_BYTES + 1), PART_BYTES + 1],
  ])("%s comes back byte for byte, and tells what the slicer wrote", async (_what, content, size) => {
    const sent: number[] = [];

    const file = await stage.owner.send(content, {
      name: "Größe 0,2 mm.gcode",
      onProgress: (bytes) => sent.push(bytes),
    });
    const looked = await stage.owner.looked(file.id);
    const download = await stage.owner.ask(file.url);

    expect(file.state).toMatch(/processing|ready/u);
    expect(looked).toMatchObject({
      name: "Größe 0,2 mm.gcode",
      state: "ready",
      contentType: "text/x.gcode",
      sizeBytes: size,
      sha256: sha256(content),
      metadata: { printer: "MK4S", printSeconds: 93_784 },
    });
    expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(sha256(content));
    expect(download.headers.get("content-length")).toBe(String(size));
    expect(sent.at(-1)).toBe(size);
  });

  test("a large 3MF file in many parts tells what its slicer wrote, and shows the slicer's picture", async () => {
    const mesh = { name: "3D/Objects/mesh.model", content: randomBytes(20 * MEBIBYTE), stored: true };
    const settings = {
      name: "Metadata/Slic3r_PE.config",
      content: "; layer_height = 0.12\n; filament_type = ASA\n",
    };
    const picture = { name: "Metadata/thumbnail.png", content: PIXEL, stored: true };
    const content = threeMf([mesh, settings, picture]);

    const { id } = await stage.owner.send(content, { name: "plate.3mf" });
    const file = await stage.owner.looked(id);
    const shown = await stage.owner.ask(`/api/files/${id}/thumbnail`);

    expect(file).toMatchObject({
      contentType: "model/3mf",
      metadata: { layerHeightMm: 0.12, filaments: [{ material: "ASA" }] },
    });
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(PIXEL);
    expect(shown.headers.get("content-type")).toBe("image/png");
  });

  test("a download is never run as a page of ours, and keeps its name", async () => {
    const { id, url } = await stage.owner.send(`${prusaGcode()}\n;<script>alert(1)</script>`, {
      name: 'a"b\\c é.gcode',
    });
    await stage.owner.looked(id);

    const download = await stage.owner.ask(url);

    expect(download.headers.get("content-type")).toBe("text/x.gcode");
    expect(download.headers.get("content-disposition")).toMatch(/^attachment; filename="c _\.gcode"/u);
    expect(download.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
    expect(download.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(download.headers.get("x-content-type-options")).toBe("nosniff");
    expect(download.headers.get("cache-control")).toBe("private, no-cache");
  });

  test("a part of a file, what isn't there of it, and one that is known already", async () => {
    const content = binaryStl(1000);
    const { id, url } = await stage.owner.send(content, { name: "mesh.stl" });
    await stage.owner.looked(id);
    const ask = (headers: Record<string, string>, method = "GET") =>
      stage.owner.ask(url, { method, headers });
    const etag = `"${sha256(content)}"`;

    const [part, last, beyond, known, changed, head] = await Promise.all([
      ask({ range: "bytes=84-183" }),
      ask({ range: "bytes=-10", "if-range": etag }),
      ask({ range: "bytes=999999-" }),
      ask({ "if-none-match": `"other", ${etag}` }),
      ask({ range: "bytes=0-1", "if-range": '"other"' }),
      ask({ range: "bytes=0-1" }, "HEAD"),
    ]);

    expect([part.status, last.status, beyond.status, known.status, changed.status, head.status]).toEqual([
      206, 206, 416, 304, 200, 200,
    ]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.from(content.subarray(84, 184)));
    expect(part.headers.get("content-range")).toBe(`bytes 84-183/${content.length}`);
    expect(part.headers.get("etag")).toBe(etag);
    expect((await last.arrayBuffer()).byteLength).toBe(10);
    expect(beyond.headers.get("content-range")).toBe(`bytes */${content.length}`);
    expect((await changed.arrayBuffer()).byteLength).toBe(content.length);
    expect(head.headers.get("content-length")).toBe(String(content.length));
    expect(head.headers.get("accept-ranges")).toBe("bytes");
  });

  test.each([
    [
      "a page under a false name",
      "<!doctype html><script>alert(1)</script>",
      "nice.gcode",
      "By its content this is no",
    ],
    [
      "a mesh that is cut short",
      binaryStl(100).subarray(0, 3000),
      "mesh.stl",
      "cut short: it tells of 100 triangles",
    ],
    [
      "an archive that is cut short",
      bambuProject().subarray(0, 1500),
      "plate.3mf",
      "The end of the archive is missing",
    ],
    [
      "an archive that leads out of its folder",
      threeMf([{ name: "../../x", content: "x" }]),
      "plate.3mf",
      "leads out of its folder",
    ],
    [
      "a bomb",
      threeMf([{ name: "Metadata/slice_info.config", content: new Uint8Array(8 * MEBIBYTE) }]),
      "plate.3mf",
      "very much larger",
    ],
    [
      "entities in its settings",
      bambuProject({ sliceInfo: '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>' }),
      "plate.3mf",
      "document type",
    ],
  ])("%s is rejected in words, and gone from the bucket", async (...[, content, name, words]) => {
    const { id } = await stage.owner.send(content, { name });

    expect(await stage.owner.looked(id)).toMatchObject({
      state: "rejected",
      problem: expect.stringContaining(words),
    });
    expect((await stage.worker.storedKeys()).filter((key) => key.endsWith(id))).toEqual([]);
  });

  test("a picture is shown, but only what is one by its content", async () => {
    const [picture, page] = await Promise.all([
      stage.owner.send(PIXEL, { name: "front.png", kind: "picture" }),
      stage.owner.send("<svg onload='alert(1)'/>", { name: "evil.png", kind: "picture" }),
    ]);
    await stage.owner.looked(picture.id);

    const shown = await stage.owner.ask(picture.url);

    expect(shown.headers.get("content-type")).toBe("image/png");
    expect(shown.headers.get("content-disposition")).toMatch(/^inline; filename="front\.png"/u);
    expect(shown.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
    expect(await stage.owner.looked(page.id)).toMatchObject({ state: "rejected" });
  });
}
