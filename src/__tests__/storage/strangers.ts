import { expect, test } from "vitest";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import { newOwner, type Owner } from "../support/owner.ts";
import { newVisitor } from "../support/visitor.ts";
import { errorOf, sha256, type StorageStage } from "./stage.ts";

/** What nobody can do with another's files. */
export function describeStrangers(stage: StorageStage): void {
  test("a file is listed for its owner and for nobody else, newest first, page by page", async () => {
    const [one, other] = await Promise.all([newOwner(stage.worker), newOwner(stage.worker)]);
    await one.send(prusaGcode(), { name: "first.gcode" });
    await one.send(prusaGcode(), { name: "second.gcode" });

    const names = async (who: Owner) =>
      (await (await who.ask("/api/files")).json()).items.map(({ name }: { name: string }) => name);
    expect(await names(one)).toEqual(["second.gcode", "first.gcode"]);
    expect(await names(other)).toEqual([]);
    expect((await one.ask("/api/files?cursor=made-up")).status).toBe(400);
  });

  test("another's file, and one that never was, are not there, whatever is tried with them", async () => {
    const other = await newOwner(stage.worker);
    const { id } = await stage.owner.send(prusaGcode());
    await stage.owner.looked(id);
    const unfinished = (await (await stage.begin({ sizeBytes: 20 })).json()).id;
    const strangeIds = [crypto.randomUUID(), "x", "..%2F..%2Fsecret", `${id}%2F`];

    const answers = await Promise.all([
      ...[id, ...strangeIds].flatMap((key) => [
        other.ask(`/api/files/${key}`),
        other.ask(`/api/files/${key}/thumbnail`),
        other.ask(`/api/files/${key}/parts`),
        other.ask(`/api/files/${key}`, { method: "DELETE" }),
        other.post(`/api/files/${key}/complete`, { sha256: sha256("x") }),
      ]),
      other.ask(`/api/files/${unfinished}/parts/1`, {
        method: "PUT",
        headers: { "x-content-sha256": sha256("x".repeat(20)) },
        body: "x".repeat(20),
      }),
    ]);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect((await stage.owner.ask(`/api/files/${id}`)).status).toBe(200);
  });

  test("without a session nothing is begun, sent, ended, listed, given out or removed", async () => {
    const stranger = newVisitor(stage.worker);
    const { id, url } = await stage.owner.send(prusaGcode());

    const answers = await Promise.all([
      stranger.ask("/api/files"),
      stranger.post("/api/files", { name: "x.gcode", kind: "print", sizeBytes: 1 }),
      stranger.ask(url),
      stranger.ask(url, { method: "DELETE" }),
      stranger.ask(`${url}/thumbnail`),
      stranger.ask(`${url}/parts`),
      stranger.ask(`${url}/parts/1`, { method: "PUT", body: "x" }),
      stranger.post(`${url}/complete`, { sha256: sha256("x") }),
    ]);

    for (const answer of answers)
      expect(await errorOf(answer)).toMatchObject({
        status: 401,
        code: "unauthorized",
        message: "Please sign in.",
      });
    expect((await stage.owner.looked(id)).state).toBe("ready");
  });

  test("another site's form begins nothing", async () => {
    const headers = { "content-type": "application/json", origin: "https://evil.example" };
    const body = JSON.stringify({ name: "x.gcode", kind: "print", sizeBytes: 1 });

    expect((await stage.owner.ask("/api/files", { method: "POST", headers, body })).status).toBe(403);
  });
}
