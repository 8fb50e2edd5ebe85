import { expect, test } from "vitest";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import { newOwner } from "../support/owner.ts";
import { errorOf, gcodeOf, LIMIT_BYTES, MEBIBYTE, PART_BYTES, sha256, type StorageStage } from "./stage.ts";

/** How files come in parts, and what is refused. */
export function describeUploads(stage: StorageStage): void {
  test.each([
    ["without a name", { name: "" }, 400, "Name the file"],
    ["with a name that is only a folder", { name: "models/" }, 400, "Name the file"],
    ["of a kind that nobody prints", { name: "page.html" }, 400, "a .3mf, .stl, .gcode or .gcode.3mf file"],
    ["that is to be a picture and isn't", { name: "x.svg", kind: "picture" }, 400, "a picture"],
    ["without content", { sizeBytes: 0 }, 400, "The file is empty."],
    ["of a size that is none", { sizeBytes: -1 }, 400, "sizeBytes"],
    ["of half a byte", { sizeBytes: 1.5 }, 400, "sizeBytes"],
    ["that is too large", { sizeBytes: LIMIT_BYTES + 1 }, 413, "100 MiB at most"],
    [
      "that is too large for a picture",
      { name: "x.png", kind: "picture", sizeBytes: 10 * MEBIBYTE + 1 },
      413,
      "10 MiB",
    ],
  ])("a file %s is refused before a byte of it is sent", async (...[, plan, status, words]) => {
    expect(await errorOf(await stage.begin(plan))).toMatchObject({
      status,
      message: expect.stringContaining(words),
      requestId: expect.any(String),
    });
  });

  test("a file of the largest size may begin, in 13 parts", async () => {
    const answer = await stage.begin({ sizeBytes: LIMIT_BYTES });
    const plan = await answer.json();

    expect(answer.status).toBe(201);
    expect(plan).toMatchObject({ partBytes: PART_BYTES, partCount: 13 });
    expect((await stage.owner.ask(`/api/files/${plan.id}`, { method: "DELETE" })).status).toBe(204);
  });

  test("an account's room and its unfinished uploads have a limit, told before bytes are sent", async () => {
    const full = await newOwner(stage.worker);
    const byFull = `"ownerId" = (SELECT id FROM users WHERE email = '${full.email}')`;
    await stage.database.query(
      `INSERT INTO files (id, "ownerId", name, kind, "sizeBytes", state, "updatedAt")
       SELECT gen_random_uuid(), id, 'x', 'print', 1950000000, 'ready', now()
       FROM users, generate_series(1, 11) WHERE email = '${full.email}'`,
    );
    const withoutRoom = await errorOf(await stage.begin({ sizeBytes: LIMIT_BYTES }, full));
    await stage.database.query(`UPDATE files SET state = 'rejected' WHERE ${byFull}`);
    const begun = [];
    for (let count = 0; count <= 20; count++) begun.push(await stage.begin({}, full));

    expect(withoutRoom).toMatchObject({
      status: 409,
      message: expect.stringContaining("20 GiB in all at most"),
    });
    expect(begun.map(({ status }) => status)).toEqual([...Array.from({ length: 20 }, () => 201), 409]);
  });

  test("a part that was damaged on its way counts only when it comes again whole", async () => {
    const content = Buffer.from(prusaGcode());
    const { id } = await (await stage.begin({ sizeBytes: content.length })).json();

    const damaged = await stage.putPart(id, 1, {
      content,
      headers: { "x-content-sha256": sha256("something else") },
    });
    const early = await stage.owner.post(`/api/files/${id}/complete`, { sha256: sha256(content) });
    const whole = await stage.putPart(id, 1, { content });
    const complete = await stage.owner.post(`/api/files/${id}/complete`, { sha256: sha256(content) });

    expect(await errorOf(damaged)).toMatchObject({ status: 422, code: "damaged" });
    expect(await errorOf(early)).toMatchObject({
      status: 409,
      message: "The file isn’t whole: part 1 is missing.",
    });
    expect([whole.status, complete.status]).toEqual([200, 202]);
    expect((await stage.owner.looked(id)).state).toBe("ready");
  });

  test.each([
    ["of another length", 1, Buffer.from("short"), {}, "is to have 10 bytes"],
    ["beyond the last", 2, Buffer.from("0123456789"), {}, "has parts 1 to 1"],
    [
      "without a checksum",
      1,
      Buffer.from("0123456789"),
      { "x-content-sha256": "" },
      "checksum in the header",
    ],
  ])("a part %s is refused", async (...[, number, content, headers, words]) => {
    const { id } = await (await stage.begin({ sizeBytes: 10 })).json();

    expect(await errorOf(await stage.putPart(id, number, { content, headers }))).toMatchObject({
      status: 400,
      message: expect.stringContaining(words),
    });
  });

  test("an upload that was broken off goes on with the parts that are missing", async () => {
    const content = gcodeOf(2 * PART_BYTES + 500);
    const { id } = await (await stage.begin({ sizeBytes: content.length })).json();
    await stage.putPart(id, 2, { content: content.subarray(PART_BYTES, 2 * PART_BYTES) });
    const state = await (await stage.owner.ask(`/api/files/${id}/parts`)).json();
    const asked: string[] = [];

    const file = await stage.owner.send(content, {
      resume: id,
      put: async ({ path, bytes }) => {
        asked.push(path);
        await stage.putPart(id, Number(path.split("/").at(-1)), { content: bytes });
      },
    });

    expect(state).toEqual({ id, state: "uploading", partBytes: PART_BYTES, partCount: 3, parts: [2] });
    expect(asked.sort()).toEqual([`/api/files/${id}/parts/1`, `/api/files/${id}/parts/3`]);
    expect(await stage.owner.looked(file.id)).toMatchObject({ id, state: "ready", sha256: sha256(content) });
  });

  test("a file whose parts are whole but not its own is rejected, and gone from the bucket", async () => {
    const content = Buffer.from(prusaGcode());
    const { id } = await (await stage.begin({ sizeBytes: content.length })).json();
    await stage.putPart(id, 1, { content });

    await stage.owner.post(`/api/files/${id}/complete`, { sha256: sha256("another file") });

    expect(await stage.owner.looked(id)).toMatchObject({
      state: "rejected",
      problem: "The file was damaged on its way: its checksum is wrong. Please upload it again.",
    });
    expect((await stage.worker.storedKeys()).filter((key) => key.endsWith(id))).toEqual([]);
    expect((await stage.owner.ask(`/api/files/${id}`)).status).toBe(409);
  });

  test("a file whose isolate died while it was looked at is looked at again by the next glance", async () => {
    const { id } = await stage.owner.send(prusaGcode());
    await stage.owner.looked(id);
    await stage.database.query(
      `UPDATE files SET state = 'processing', metadata = NULL, "updatedAt" = now() - interval '2 minutes' WHERE id = '${id}'`,
    );

    expect(await stage.owner.looked(id)).toMatchObject({ state: "ready", metadata: { printer: "MK4S" } });
  });

  test("an upload whose end was acknowledged, but not recorded, is ended again", async () => {
    const content = prusaGcode();
    const file = await stage.owner.send(content);
    await stage.owner.looked(file.id);
    await stage.database.query(
      `UPDATE files SET state = 'uploading', "uploadId" = 'one that is over' WHERE id = '${file.id}'`,
    );
    await stage.database.query(`INSERT INTO file_parts VALUES ('${file.id}', 1, 'etag', ${content.length})`);

    const again = await stage.owner.post(`/api/files/${file.id}/complete`, { sha256: sha256(content) });
    const thrice = await stage.owner.post(`/api/files/${file.id}/complete`, { sha256: sha256(content) });

    expect([again.status, thrice.status]).toEqual([202, 202]);
    expect((await stage.owner.looked(file.id)).state).toBe("ready");
  });

  test("uploads that were forgotten end by themselves, with what is there of them", async () => {
    const { id } = await (await stage.begin({ sizeBytes: 10 })).json();
    await stage.putPart(id, 1, { content: Buffer.from("0123456789") });
    await stage.database.query(`UPDATE files SET "updatedAt" = now() - interval '4 days' WHERE id = '${id}'`);

    await stage.begin({ sizeBytes: 10 });

    await expect
      .poll(async () => (await stage.worker.storedKeys()).some((key) => key.endsWith(id)))
      .toBe(false);
    expect((await stage.owner.ask(`/api/files/${id}/parts`)).status).toBe(404);
    await expect.poll(() => stage.database.query(`SELECT id FROM files WHERE id = '${id}'`)).toEqual([]);
  });

  test.each([
    ["PUT", "/api/files", "GET, HEAD, POST"],
    ["DELETE", "/api/files", "GET, HEAD, POST"],
    ["POST", "/api/files/x", "GET, HEAD, DELETE"],
    ["PUT", "/api/files/x/complete", "POST"],
    ["POST", "/api/files/x/parts/1", "PUT"],
  ])("%s is no way to treat %s", async (method, path, allowed) => {
    const answer = await stage.owner.ask(path, { method });

    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe(allowed);
  });
}
