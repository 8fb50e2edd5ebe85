import type { File, Picture, Revision, Variant } from "../../generated/prisma/client.ts";
import { SHOWN } from "../files/find.ts";
import { resumeProcessing } from "../files/process.ts";
import { fileView } from "../files/view.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import type { ModelView } from "./schemas.ts";

/**
 * A model with its pictures, its variants and all of their versions: one request to the database.
 * @throws {AppError} not_found
 */
export async function getModel(scope: Scope, id: string): Promise<ModelView> {
  const { database } = scope;
  const ofModel = { modelId: id, ...owned(scope) };
  const ofVariant = { variant: { modelId: id }, ...owned(scope) };
  const [model, pictures, variants, revisions, files] = await database.$transaction([
    database.model.findFirst({ where: { id, ...owned(scope) } }),
    database.picture.findMany({ where: ofModel, orderBy: [{ position: "asc" }, { id: "asc" }] }),
    database.variant.findMany({ where: ofModel, orderBy: [{ createdAt: "asc" }, { id: "asc" }] }),
    database.revision.findMany({ where: ofVariant, orderBy: { number: "desc" } }),
    database.file.findMany({
      where: {
        ...owned(scope),
        ...SHOWN,
        OR: [{ picture: { modelId: id } }, { revision: { variant: { modelId: id } } }],
      },
    }),
  ]);
  if (model === null) throw notFound("model");
  resumeProcessing(scope, files);

  const { name, designer, category, sourceUrl, notes, archivedAt, createdAt, updatedAt } = model;
  const byId = new Map(files.map((file) => [file.id, file]));
  return {
    ...{ id, name, designer, category, sourceUrl, notes },
    archived: archivedAt !== null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    pictures: pictures.flatMap((picture) => pictureView(picture, byId)),
    variants: variants.map((variant) => variantView(variant, revisions, byId)),
  };
}

type Files = ReadonlyMap<string, File>;

function pictureView({ id, alt, fileId }: Picture, files: Files): ModelView["pictures"] {
  const file = files.get(fileId);
  if (file === undefined) return [];
  const view = fileView(file);
  return [{ id, alt, url: view.url, file: view }];
}

function variantView(
  { id, name, notes, createdAt }: Variant,
  revisions: readonly Revision[],
  files: Files,
): ModelView["variants"][number] {
  const own = revisions.filter(({ variantId }) => variantId === id);
  return {
    ...{ id, name, notes },
    createdAt: createdAt.toISOString(),
    revisions: own.flatMap((revision) => revisionView(revision, files)),
  };
}

function revisionView(
  { id, number, notes, createdAt, fileId }: Revision,
  files: Files,
): ModelView["variants"][number]["revisions"] {
  const file = files.get(fileId);
  if (file === undefined) return [];
  return [{ id, number, notes, createdAt: createdAt.toISOString(), file: fileView(file) }];
}
