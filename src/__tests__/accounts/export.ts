import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import { newOwner, type Owner } from "../support/owner.ts";
import type { AccountsStage } from "./stage.ts";

/** What somebody gets who asks for everything. */
export function describeExport(stage: AccountsStage): void {
  const download = async (owner: Owner) => {
    const answer = await owner.ask("/api/account/export");
    const entries = unzipSync(new Uint8Array(await answer.arrayBuffer()));
    const json = (name: string) => JSON.parse(Buffer.from(entries[name] ?? []).toString());
    return { answer, entries, json };
  };

  test("it holds all rows and all files, byte for byte, and nothing of anybody else", async () => {
    const owner = await newOwner(stage.worker);
    const stranger = await newOwner(stage.worker);
    await stranger.newModel("Stranger’s bracket");
    const { modelId, variantId } = await owner.newModel("Bracket");
    const content = prusaGcode();
    const first = await owner.send(content, {
      name: "part.gcode",
      attachTo: { to: "variant", variantId, notes: "" },
    });
    const second = await owner.send(`${content}; again\n`, { name: "Part.gcode" });
    await Promise.all([owner.looked(first.id), owner.looked(second.id)]);
    const { id: filamentId } = (
      await owner.change("filaments.add", {
        brand: "Plastika",
        material: "PLA",
        colorName: "Black",
        colorHex: "#101010",
        lowStockGrams: 100,
        purchaseUrl: null,
        notes: "",
      })
    ).data as { id: string };

    const { answer, entries, json } = await download(owner);
    const files = json("data/files.json") as { id: string; name: string; path: string; sizeBytes: number }[];

    expect(answer.headers.get("content-disposition")).toMatch(
      /^attachment; filename="fm5-\d{4}-\d\d-\d\d\.zip"/u,
    );
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(json("account.json").user).toMatchObject({ email: owner.email, role: "owner" });
    expect(json("data/models.json")).toEqual([expect.objectContaining({ id: modelId, name: "Bracket" })]);
    expect(json("data/filaments.json")).toEqual([expect.objectContaining({ id: filamentId })]);
    expect(json("data/revisions.json")).toEqual([expect.objectContaining({ fileId: first.id, variantId })]);
    expect(files.map(({ path }) => path).toSorted()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^files\/part(?: \(2\))?\.gcode$/iu)]),
    );
    expect(new Set(files.map(({ path }) => path.toLowerCase())).size).toBe(2);
    for (const { id, path, sizeBytes } of files) {
      const expected = id === first.id ? content : `${content}; again\n`;
      expect(Buffer.from(entries[path] ?? []).toString()).toBe(expected);
      expect(sizeBytes).toBe(Buffer.byteLength(expected));
    }
    const all = Buffer.concat(Object.values(entries)).toString();
    expect(all).not.toMatch(/Stranger’s|"token"|password|uploadId/u);
  });

  test("an account without anything has an export too; without an account there is none", async () => {
    const owner = await newOwner(stage.worker);

    const { json } = await download(owner);
    const stranger = await stage.worker.ask("/api/account/export");
    const browser = await stage.worker.ask("/api/account/export", { headers: { accept: "text/html" } });

    expect(json("data/files.json")).toEqual([]);
    expect(stranger.status).toBe(401);
    expect((await stranger.json()).error).toMatchObject({ code: "unauthorized" });
    expect(browser.status).toBe(401);
    expect(await browser.text()).toContain("<h1>Please sign in.</h1>");
  });

  test("one that is given up leaves nothing behind that harms the next requests", async () => {
    const owner = await newOwner(stage.worker);
    const leaving = new AbortController();

    const answer = await owner.ask("/api/account/export", { signal: leaving.signal });
    leaving.abort();
    await answer.body?.cancel().catch(() => undefined);
    const next = await Promise.all(Array.from({ length: 8 }, () => owner.read("me")));

    expect(next.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  });
}
