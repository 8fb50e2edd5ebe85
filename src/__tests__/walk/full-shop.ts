import { PIXEL, threeMf } from "../../../lib/print-files/__tests__/archives.ts";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import type { DatabaseUnderTest } from "../support/database.ts";
import { newOwner, type Owner } from "../support/owner.ts";
import { newVisitor } from "../support/visitor.ts";
import type { WorkerUnderTest } from "../support/worker.ts";

/** What a shop writes, with a word of its own in each text. */
export function textsOf(word: string) {
  return {
    filament: {
      brand: `${word} Works`,
      material: "PLA",
      colorName: `${word} Black`,
      colorHex: "#1a1a1a",
      lowStockGrams: 5000,
      purchaseUrl: `https://${word.toLowerCase()}.example.com/pla`,
      notes: `${word} notes`,
    },
    spool: { netGrams: 1000, tareGrams: 200, costCents: 2000, label: `${word} shelf` },
    job: { title: `${word} print`, copies: 1, printSeconds: 3600, notes: `${word} remark` },
  };
}

export interface FullShop {
  readonly owner: Owner;
  readonly ids: ShopIds;
  /** It is in every name and text of the shop. */
  readonly word: string;
}

export type ShopIds = Awaited<ReturnType<typeof fill>>;

/** A shop that is being filled. */
type Opening = Pick<FullShop, "owner" | "word">;

interface Place {
  readonly worker: WorkerUnderTest;
  readonly database: DatabaseUnderTest;
}

/** Somebody who has everything that a shop can have, in each of its states. */
export async function openFullShop(place: Place, word: string): Promise<FullShop> {
  const owner = await newOwner(place.worker);
  const ids = await fill({ owner, word }, place);
  // Mails and events are written after the answers that they are about.
  const pending = `SELECT 1 FROM email_deliveries WHERE "userId" = '${ids.user}' AND state = 'pending'`;
  while ((await place.database.query(pending)).length > 0);
  return { owner, ids, word };
}

async function fill(opening: Opening, { worker, database }: Place) {
  const { owner, word } = opening;
  await change(owner, "account.changeProfile", { name: `${word} Shop`, currency: "EUR" });
  const { id: user } = (await owner.read("me")).data as { id: string };
  const session = await secondSession(owner, { worker, database }, user);
  const stock = await fillShelf(opening);
  const models = await fillModels(opening);
  const files = { ...models.files, ...(await fillFiles(opening, database)) };
  const jobs = await fillQueue(opening, database, { filament: stock.filament, revision: models.revision });
  await change(owner, "spools.remove", { id: stock.archivedSpool });
  return { user, session, ...stock, ...models, files, jobs };
}

async function secondSession({ email, password }: Owner, { worker, database }: Place, userId: string) {
  await newVisitor(worker, email).signIn(password);
  const [session] = await database.query(
    `SELECT id FROM sessions WHERE "userId" = '${userId}' ORDER BY "createdAt" DESC LIMIT 1`,
  );
  return String(session?.["id"]);
}

async function fillShelf({ owner, word }: Opening) {
  const texts = textsOf(word);
  const add = async (colorName: string, count: number) => {
    const spools = { ...texts.spool, count };
    const filament = await idOf(owner, "filaments.add", { ...texts.filament, colorName, spools });
    const details = (await owner.read("filaments.get", { id: filament })).data as {
      readonly spools: readonly { readonly id: string }[];
    };
    return { filament, spools: details.spools.map(({ id }) => id) };
  };
  const [printed, unused, putAway] = await Promise.all([
    add(texts.filament.colorName, 3),
    add(`${word} Red`, 1),
    add(`${word} Grey`, 1),
  ]);
  const [spool = "", archivedSpool = ""] = printed.spools;
  for (const id of [spool, archivedSpool])
    await change(owner, "spools.weigh", { id, remainingGrams: 990, tareGrams: 200 });
  return {
    filament: printed.filament,
    unusedFilament: unused.filament,
    otherFilament: putAway.filament,
    spool,
    archivedSpool,
    unusedSpool: unused.spools[0] ?? "",
    otherSpool: putAway.spools[0] ?? "",
  };
}

async function fillModels({ owner, word }: Opening) {
  const newModel = (name: string) =>
    idOf(owner, "models.create", {
      name: `${word} ${name}`,
      designer: `${word} Designs`,
      category: `${word} things`,
      sourceUrl: `https://${word.toLowerCase()}.example.com/model`,
      notes: `${word} notes`,
    });
  const [model, otherModel] = await Promise.all([newModel("bracket"), newModel("vase")]);
  const newVariant = (name: string) =>
    idOf(owner, "variants.create", { modelId: model, name: `${word} ${name}`, notes: `${word} notes` });
  const variant = await newVariant("0.2 mm");
  const otherVariant = await newVariant("0.1 mm");

  const attachedVersion = async (variantId: string) => {
    const attachTo = { to: "variant" as const, variantId, notes: `${word} version` };
    return (await owner.send(plate(word), { name: `${word}.3mf`, attachTo })).id;
  };
  const attachedPicture = async () => {
    const attachTo = { to: "model" as const, modelId: model, alt: `${word} from the front` };
    return (
      await owner.send(Buffer.concat([PIXEL, Buffer.from(word)]), {
        name: `${word}.png`,
        kind: "picture",
        attachTo,
      })
    ).id;
  };
  const version = await attachedVersion(variant);
  const picture = await attachedPicture();
  const sent = [version, picture, await attachedVersion(variant), await attachedPicture()];
  await Promise.all(sent.map((id) => owner.looked(id)));

  const { variants, pictures } = await owner.model(model);
  const revisions = variants.flatMap(({ revisions: ofVariant }) => ofVariant.map(({ id }) => id));
  const [otherRevision = "", revision = ""] = revisions;
  const [firstPicture = "", otherPicture = ""] = pictures.map(({ id }) => id);
  return {
    ...{
      model,
      otherModel,
      variant,
      otherVariant,
      revision,
      otherRevision,
      picture: firstPicture,
      otherPicture,
    },
    files: { version, picture },
  };
}

/** Files in each state that belong to nothing. */
async function fillFiles({ owner, word }: Opening, database: DatabaseUnderTest) {
  const begin = async (kind = "print") => {
    const name = `${word} part.${kind === "print" ? "gcode" : "png"}`;
    const plan = { name, kind, sizeBytes: 4 };
    return ((await (await owner.post("/api/files", plan)).json()) as { id: string }).id;
  };
  const [loose, rejected, uploading, uploadingPicture, processing, removing] = await Promise.all([
    owner.send(`${prusaGcode()}\n; ${word}\n`, { name: `${word} loose.gcode` }).then(({ id }) => id),
    owner.send(`<!doctype html>${word}`, { name: `${word} page.gcode` }).then(({ id }) => id),
    begin(),
    begin("picture"),
    begin(),
    begin(),
  ]);
  await Promise.all([loose, rejected].map((id) => owner.looked(id)));
  await database.query(
    `INSERT INTO file_parts ("fileId", number, etag, "sizeBytes") 
     VALUES ('${uploading}', 1, '', 4), ('${uploadingPicture}', 1, '', 4);
     UPDATE files SET state = 'processing', "updatedAt" = now() WHERE id = '${processing}';
     UPDATE files SET state = 'removing' WHERE id = '${removing}'`,
  );
  return { loose, rejected, uploading, uploadingPicture, processing, removing };
}

async function fillQueue(
  { owner, word }: Opening,
  database: DatabaseUnderTest,
  { filament, revision }: { readonly filament: string; readonly revision: string },
) {
  const add = () =>
    idOf(owner, "jobs.add", {
      ...textsOf(word).job,
      revisionId: revision,
      filaments: [{ filamentId: filament, grams: 5 }],
    });
  const jobs = {
    completed: await add(),
    failed: await add(),
    cancelled: await add(),
    printing: await add(),
    failing: await add(),
    mistaken: await add(),
    queued: await add(),
    next: await add(),
    last: await add(),
  };
  await change(owner, "jobs.complete", { id: jobs.completed });
  await change(owner, "jobs.fail", { id: jobs.failed, percentage: 50, failure: `${word} came off` });
  await change(owner, "jobs.cancel", { id: jobs.cancelled });
  const printing = [jobs.printing, jobs.failing, jobs.mistaken].map((id) => `'${id}'`).join();
  await database.query(`UPDATE jobs SET state = 'printing', "startedAt" = now() WHERE id IN (${printing})`);
  return jobs;
}

/** A print file that names a filament and has a picture. */
function plate(word: string): Uint8Array {
  return threeMf([
    { name: "Metadata/Slic3r_PE.config", content: `; filament_type = PLA\n; printer_model = ${word}\n` },
    { name: "Metadata/thumbnail.png", content: PIXEL, stored: true },
  ]);
}

async function idOf(owner: Owner, procedure: string, input: object): Promise<string> {
  return ((await change(owner, procedure, input)) as { id: string }).id;
}

async function change(owner: Owner, procedure: string, input: object): Promise<unknown> {
  const { status, data, error } = await owner.change(procedure, input);
  if (status !== 200) throw new Error(`${procedure} answered ${status}: ${error.message}`);
  return data;
}
