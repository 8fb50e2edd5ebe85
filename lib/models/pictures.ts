import { FileState } from "../../generated/prisma/enums.ts";
import { AppError } from "../app-error.ts";
import { purgeLater } from "../files/remove.ts";
import { notFound, owned, type Scope } from "../scope.ts";

/** What a picture shows, for those who can't see it. @throws {AppError} not_found */
export async function describePicture(scope: Scope, id: string, alt: string): Promise<void> {
  const { count } = await scope.database.picture.updateMany({
    where: { id, ...owned(scope) },
    data: { alt },
  });
  if (count === 0) throw notFound("picture");
}

/**
 * Puts a model's pictures in order; the first one stands for the model.
 * @throws {AppError} not_found; conflict when they aren't all of its pictures
 */
export async function orderPictures(scope: Scope, modelId: string, ids: readonly string[]): Promise<void> {
  const { database } = scope;
  const [model, pictures] = await database.$transaction([
    database.model.findFirst({ where: { id: modelId, ...owned(scope) } }),
    database.picture.findMany({ where: { modelId, ...owned(scope) } }),
  ]);
  if (model === null) throw notFound("model");
  const known = new Set(pictures.map(({ id }) => id));
  if (ids.length !== known.size || new Set(ids).size !== ids.length || ids.some((id) => !known.has(id)))
    throw new AppError({
      code: "conflict",
      message: "The model’s pictures have changed in the meantime.",
      hint: "Please load the page again.",
    });
  await database.$transaction(
    ids.map((id, position) =>
      database.picture.updateMany({ where: { id, modelId, ...owned(scope) }, data: { position } }),
    ),
  );
}

/** @throws {AppError} not_found */
export async function removePicture(scope: Scope, id: string): Promise<void> {
  const { database } = scope;
  const [, { count }] = await database.$transaction([
    database.file.updateMany({
      where: { ...owned(scope), picture: { id } },
      data: { state: FileState.removing },
    }),
    database.picture.deleteMany({ where: { id, ...owned(scope) } }),
  ]);
  if (count === 0) throw notFound("picture");
  purgeLater({ ownerId: scope.user.id });
}
