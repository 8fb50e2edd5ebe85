import { expect, test } from "vitest";
import { bambuProject, PIXEL } from "../../../lib/print-files/__tests__/archives.ts";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import { newOwner, type Owner } from "../support/owner.ts";
import { errorOf, sha256, type StorageStage } from "./stage.ts";

interface Listed {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly nextCursor: string | null;
}

/** Models, their variants, versions and pictures. */
export function describeModels(stage: StorageStage): void {
  const sendRevision = async (who: Owner, variantId: string, content: string | Uint8Array = prusaGcode()) => {
    const name = typeof content === "string" ? "part.gcode" : "plate.3mf";
    const file = await who.send(content, { name, attachTo: { to: "variant", variantId, notes: "drier" } });
    return who.looked(file.id);
  };

  const sendPicture = async (who: Owner, modelId: string, alt: string) => {
    const attachTo = { to: "model", modelId, alt } as const;
    const file = await who.send(PIXEL, { name: "front.png", kind: "picture", attachTo });
    return who.looked(file.id);
  };

  const listed = async (who: Owner, filter: object = {}): Promise<Listed> =>
    (await who.read("models.list", filter)).data;

  test("a model has variants, and these have numbered versions with what their slicers wrote", async () => {
    const { owner } = stage;
    const { modelId, variantId } = await owner.newModel("Bracket");

    await sendRevision(owner, variantId);
    await sendRevision(owner, variantId, bambuProject());
    const model = await owner.model(modelId);

    expect(model).toMatchObject({ name: "Bracket", archived: false, pictures: [] });
    expect(model.variants).toMatchObject([
      {
        name: "0.2 mm",
        revisions: [
          {
            number: 2,
            notes: "drier",
            file: { state: "ready", metadata: { slicer: { name: "Bambu Studio" } } },
          },
          { number: 1, file: { state: "ready", metadata: { slicer: { name: "PrusaSlicer" } } } },
        ],
      },
    ]);
  });

  test("versions that end at the same moment get numbers of their own", async () => {
    const { owner } = stage;
    const { modelId, variantId } = await owner.newModel();

    await Promise.all([1, 2, 3].map(() => sendRevision(owner, variantId)));

    const [variant] = (await owner.model(modelId)).variants;
    expect(variant?.revisions.map(({ number }) => number)).toEqual([3, 2, 1]);
  });

  test("a version whose file was rejected says why, and can be removed", async () => {
    const { owner } = stage;
    const { modelId, variantId } = await owner.newModel();
    await sendRevision(owner, variantId, "not to be printed");
    const [variant] = (await owner.model(modelId)).variants;
    const [revision] = variant?.revisions ?? [];

    const removed = await owner.change("variants.removeRevision", { id: revision?.id });

    expect(revision?.file).toMatchObject({
      state: "rejected",
      problem: expect.stringContaining("By its content"),
    });
    expect(removed.status).toBe(200);
    expect((await owner.model(modelId)).variants).toMatchObject([{ revisions: [] }]);
  });

  test("pictures are described, put in order, and the first stands for the model", async () => {
    const owner = await newOwner(stage.worker);
    const { modelId } = await owner.newModel();
    const [first, second] = [
      await sendPicture(owner, modelId, "Front"),
      await sendPicture(owner, modelId, "Back"),
    ];
    const ids = (await owner.model(modelId)).pictures.map(({ id }) => id);

    await owner.change("models.describePicture", { id: ids[0], alt: "From the front" });
    await owner.change("models.orderPictures", { id: modelId, pictureIds: ids.toReversed() });
    const stale = await owner.change("models.orderPictures", { id: modelId, pictureIds: ids.slice(1) });

    expect((await owner.model(modelId)).pictures.map(({ alt, url }) => [alt, url])).toEqual([
      ["Back", second.url],
      ["From the front", first.url],
    ]);
    expect((await listed(owner)).items).toMatchObject([{ picture: { url: second.url, alt: "Back" } }]);
    expect(stale.status).toBe(409);
  });

  test("a model without a picture is shown by what its slicer drew", async () => {
    const owner = await newOwner(stage.worker);
    const { variantId } = await owner.newModel();
    const file = await sendRevision(owner, variantId, bambuProject());

    expect((await listed(owner)).items).toMatchObject([
      { variants: 1, picture: { url: `/api/files/${file.id}/thumbnail`, alt: "" } },
    ]);
  });

  test("models are found by words of their name, designer and category, and page by page", async () => {
    const owner = await newOwner(stage.worker);
    const names = ["Größe 5 Bracket", "Box 100%", "box_x"];
    for (const name of names)
      await owner.change("models.create", { name, designer: "Workshop", category: "Parts" });
    await owner.change("models.create", { name: "Vase", category: "Gifts" });
    const namesOf = async (filter: object) => (await listed(owner, filter)).items.map(({ name }) => name);
    const first = await listed(owner, { limit: 3 });

    expect(await namesOf({ query: "GROSSE workshop" })).toEqual(["Größe 5 Bracket"]);
    expect(await namesOf({ query: "100%" })).toEqual(["Box 100%"]);
    expect(await namesOf({ query: "x_x" })).toEqual(["box_x"]);
    expect(await namesOf({ category: "Gifts" })).toEqual(["Vase"]);
    expect(first.items.map(({ name }) => name)).toEqual(["Vase", "box_x", "Box 100%"]);
    expect(await namesOf({ limit: 3, cursor: first.nextCursor })).toEqual(["Größe 5 Bracket"]);
    expect((await owner.read("models.categories")).data).toEqual([
      { name: "Gifts", models: 1 },
      { name: "Parts", models: 3 },
    ]);
  });

  test("an archived model leaves the list and comes back; a changed one finds its variants anew", async () => {
    const owner = await newOwner(stage.worker);
    const { modelId, variantId } = await owner.newModel("Clip");

    await owner.change("models.archive", { id: modelId, archived: true });
    const away = [await listed(owner), await listed(owner, { archived: true })];
    await owner.change("models.archive", { id: modelId, archived: false });
    await owner.change("models.update", { id: modelId, name: "Hook", sourceUrl: "https://example.com/hook" });
    const rows = await stage.database.query(`SELECT "searchText" FROM variants WHERE id = '${variantId}'`);

    expect(away.map(({ items }) => items.length)).toEqual([0, 1]);
    expect(await owner.model(modelId)).toMatchObject({ name: "Hook", sourceUrl: "https://example.com/hook" });
    expect(rows).toEqual([{ searchText: "0.2 mm hook" }]);
  });

  test.each([
    ["without a name", { name: " " }, "name"],
    ["with an address that runs a script", { name: "x", sourceUrl: "javascript:alert(1)" }, "sourceUrl"],
    ["with notes that are a book", { name: "x", notes: "x".repeat(5001) }, "notes"],
  ])("a model %s is refused", async (_what, input, field) => {
    const { status, error } = await stage.owner.change("models.create", input);

    expect(status).toBe(400);
    expect(error.data["fields"]).toHaveProperty(field);
  });

  test("what is removed takes its files along, out of the bucket too", async () => {
    const { owner, worker } = stage;
    const { modelId, variantId } = await owner.newModel();
    const kept = await sendRevision(owner, (await owner.newModel()).variantId);
    const files = [await sendRevision(owner, variantId), await sendPicture(owner, modelId, "")];
    const inBucket = async () => {
      const keys = await worker.storedKeys();
      return [kept, ...files].filter(({ id }) => keys.some((key) => key.endsWith(id))).map(({ id }) => id);
    };
    const alone = await owner.ask(`/api/files/${files[0]?.id}`, { method: "DELETE" });

    expect((await owner.change("models.remove", { id: modelId })).status).toBe(200);

    expect(await errorOf(alone)).toMatchObject({ status: 409, message: "This file belongs to a model." });
    await expect.poll(inBucket).toEqual([kept.id]);
    expect((await owner.ask(`/api/files/${files[0]?.id}`)).status).toBe(404);
    expect((await owner.read("models.get", { id: modelId })).status).toBe(404);
    const ids = files.map(({ id }) => `'${id}'`).join();
    await expect.poll(() => stage.database.query(`SELECT id FROM files WHERE id IN (${ids})`)).toEqual([]);
  });

  test("what couldn't be removed from the bucket is removed later, by whoever comes", async () => {
    const { owner, worker, database } = stage;
    const file = await owner.send(prusaGcode());
    await owner.looked(file.id);
    await database.query(`UPDATE files SET state = 'removing' WHERE id = '${file.id}'`);

    await stage.begin({}, await newOwner(worker));

    await expect
      .poll(async () => (await worker.storedKeys()).some((key) => key.endsWith(file.id)))
      .toBe(false);
    expect((await owner.ask(file.url)).status).toBe(404);
  });

  test("nothing becomes a version or a picture of another's, nor of what is of another kind", async () => {
    const other = await newOwner(stage.worker);
    const { modelId, variantId } = await stage.owner.newModel();
    const own = await other.newModel();
    const ended = async (attachTo: object, kind: "print" | "picture" = "print") => {
      const name = kind === "print" ? "x.gcode" : "x.png";
      const { id } = await (await stage.begin({ kind, name, sizeBytes: 1 }, other)).json();
      const headers = { "x-content-sha256": sha256("x") };
      await other.ask(`/api/files/${id}/parts/1`, { method: "PUT", headers, body: "x" });
      return (await other.post(`/api/files/${id}/complete`, { sha256: sha256("x"), attachTo })).status;
    };

    expect(await ended({ to: "variant", variantId })).toBe(404);
    expect(await ended({ to: "model", modelId }, "picture")).toBe(404);
    expect(await ended({ to: "variant", variantId: own.variantId }, "picture")).toBe(400);
    expect(await ended({ to: "model", modelId: own.modelId })).toBe(400);
    expect(await ended({ to: "nowhere" })).toBe(400);
  });

  test("another's models are not there, whatever is tried with them", async () => {
    const other = await newOwner(stage.worker);
    const { modelId, variantId } = await stage.owner.newModel();
    await sendPicture(stage.owner, modelId, "");
    await sendRevision(stage.owner, variantId);
    const before = await stage.owner.model(modelId);
    const pictureId = before.pictures[0]?.id;
    const revisionId = before.variants[0]?.revisions[0]?.id;

    const answers = await Promise.all([
      other.read("models.get", { id: modelId }),
      other.change("models.update", { id: modelId, name: "x" }),
      other.change("models.archive", { id: modelId, archived: true }),
      other.change("models.remove", { id: modelId }),
      other.change("models.describePicture", { id: pictureId, alt: "x" }),
      other.change("models.removePicture", { id: pictureId }),
      other.change("variants.create", { modelId, name: "x" }),
      other.change("variants.update", { id: variantId, name: "x" }),
      other.change("variants.remove", { id: variantId }),
      other.change("variants.removeRevision", { id: revisionId }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect(await stage.owner.model(modelId)).toEqual(before);
  });
}
