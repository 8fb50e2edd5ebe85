import { FileState } from "../../generated/prisma/enums.ts";
import { purgeLater } from "../files/remove.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { searchText } from "../search-text.ts";
import type { ModelInput } from "./schemas.ts";

/** Returns the new model's id. */
export async function createModel(scope: Scope, input: ModelInput): Promise<string> {
  const id = crypto.randomUUID();
  await scope.database.model.create({
    data: { id, ...owned(scope), ...input, searchText: textOf(input) },
  });
  return id;
}

/**
 * Changes what is known of a model. Its variants are found by its new name too.
 * @throws {AppError} not_found
 */
export async function updateModel(scope: Scope, id: string, input: ModelInput): Promise<void> {
  const { database } = scope;
  const variants = await database.variant.findMany({ where: { modelId: id, ...owned(scope) } });
  const [{ count }] = await database.$transaction([
    database.model.updateMany({
      where: { id, ...owned(scope) },
      data: { ...input, searchText: textOf(input) },
    }),
    ...variants.map((variant) =>
      database.variant.updateMany({
        where: { id: variant.id, ...owned(scope) },
        // What changed is the model: the variant keeps its place in lists.
        data: { searchText: searchText(variant.name, input.name), updatedAt: variant.updatedAt },
      }),
    ),
  ]);
  if (count === 0) throw notFound("model");
}

/** Takes a model out of the lists, or back into them; nothing of it is lost. @throws {AppError} not_found */
export async function archiveModel(scope: Scope, id: string, archived: boolean): Promise<void> {
  const { count } = await scope.database.model.updateMany({
    where: { id, ...owned(scope) },
    data: { archivedAt: archived ? new Date() : null },
  });
  if (count === 0) throw notFound("model");
}

/**
 * Removes a model with its variants, versions, pictures and their files. Jobs stay, with the title that they were given.
 * @throws {AppError} not_found
 */
export async function removeModel(scope: Scope, id: string): Promise<void> {
  const { database } = scope;
  const [, { count }] = await database.$transaction([
    database.file.updateMany({
      where: {
        ...owned(scope),
        OR: [{ picture: { modelId: id } }, { revision: { variant: { modelId: id } } }],
      },
      data: { state: FileState.removing },
    }),
    database.model.deleteMany({ where: { id, ...owned(scope) } }),
  ]);
  if (count === 0) throw notFound("model");
  purgeLater({ ownerId: scope.user.id });
}

function textOf({ name, designer, category }: ModelInput): string {
  return searchText(name, designer, category);
}
