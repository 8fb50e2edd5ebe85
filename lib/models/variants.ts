import { FileState } from "../../generated/prisma/enums.ts";
import { AppError } from "../app-error.ts";
import { purgeLater } from "../files/remove.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { searchText } from "../search-text.ts";
import type { VariantInput } from "./schemas.ts";

/** Variants that a model may have. */
const VARIANTS_LIMIT = 80;

/** Returns the new variant's id. @throws {AppError} not_found, conflict */
export async function createVariant(scope: Scope, modelId: string, input: VariantInput): Promise<string> {
  const { database } = scope;
  const [model, count] = await database.$transaction([
    database.model.findFirst({ where: { id: modelId, ...owned(scope) } }),
    database.variant.count({ where: { modelId, ...owned(scope) } }),
  ]);
  if (model === null) throw notFound("model");
  if (count >= VARIANTS_LIMIT)
    throw new AppError({ code: "conflict", message: `A model has ${VARIANTS_LIMIT} variants at most.` });

  const id = crypto.randomUUID();
  await database.$transaction([
    database.variant.create({
      data: { id, ...owned(scope), modelId, ...input, searchText: searchText(input.name, model.name) },
    }),
    database.model.updateMany({ where: { id: modelId }, data: { updatedAt: new Date() } }),
  ]);
  return id;
}

/** @throws {AppError} not_found */
export async function updateVariant(scope: Scope, id: string, input: VariantInput): Promise<void> {
  const { database } = scope;
  const [variant, model] = await database.$transaction([
    database.variant.findFirst({ where: { id, ...owned(scope) } }),
    database.model.findFirst({ where: { ...owned(scope), variants: { some: { id } } } }),
  ]);
  if (variant === null || model === null) throw notFound("variant");
  await database.variant.updateMany({
    where: { id, ...owned(scope) },
    data: { ...input, searchText: searchText(input.name, model.name) },
  });
}

/** Removes a variant with its versions and their files. @throws {AppError} not_found */
export async function removeVariant(scope: Scope, id: string): Promise<void> {
  const { database } = scope;
  const [, { count }] = await database.$transaction([
    database.file.updateMany({
      where: { ...owned(scope), revision: { variantId: id } },
      data: { state: FileState.removing },
    }),
    database.variant.deleteMany({ where: { id, ...owned(scope) } }),
  ]);
  if (count === 0) throw notFound("variant");
  purgeLater({ ownerId: scope.user.id });
}

/** Removes one version and its file; the others keep their numbers. @throws {AppError} not_found */
export async function removeRevision(scope: Scope, id: string): Promise<void> {
  const { database } = scope;
  const [, { count }] = await database.$transaction([
    database.file.updateMany({
      where: { ...owned(scope), revision: { id } },
      data: { state: FileState.removing },
    }),
    database.revision.deleteMany({ where: { id, ...owned(scope) } }),
  ]);
  if (count === 0) throw notFound("version");
  purgeLater({ ownerId: scope.user.id });
}
