import { z } from "zod";
import type { File, Prisma } from "../../generated/prisma/client.ts";
import { FileKind } from "../../generated/prisma/enums.ts";
import { AppError } from "../app-error.ts";
import { text } from "../fields.ts";
import { notFound, owned, type Scope } from "../scope.ts";

/** What a file becomes when it is complete: the next version of a variant, or a picture of a model. */
export const attachmentSchema = z.discriminatedUnion("to", [
  z.object({ to: z.literal("variant"), variantId: z.uuid(), notes: text(2000).default("") }),
  z.object({ to: z.literal("model"), modelId: z.uuid(), alt: text(300).default("") }),
]);

export type Attachment = z.output<typeof attachmentSchema>;

/** Pictures that a model may have. */
const PICTURES_LIMIT = 30;

/**
 * What attaches a file, for a transaction.
 * @throws {AppError} not_found, or invalid for a picture that is to be printed and the like
 */
export async function attachmentTo(
  scope: Scope,
  file: File,
  attachment: Attachment,
): Promise<readonly Prisma.PrismaPromise<unknown>[]> {
  return attachment.to === "variant"
    ? revisionOf(scope, file, attachment)
    : pictureOf(scope, file, attachment);
}

/** Whether a version's number was taken by another since it was looked for. */
export function isTakenNumber(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "P2002";
}

async function revisionOf(
  scope: Scope,
  file: File,
  { variantId, notes }: Extract<Attachment, { to: "variant" }>,
) {
  if (file.kind !== FileKind.print) throw wrongKind("A variant’s versions are files to print.");
  const { database } = scope;
  const [variant, last] = await database.$transaction([
    database.variant.findFirst({ where: { id: variantId, ...owned(scope) } }),
    database.revision.findFirst({ where: { variantId, ...owned(scope) }, orderBy: { number: "desc" } }),
  ]);
  if (variant === null) throw notFound("variant");

  const number = (last?.number ?? 0) + 1;
  const updatedAt = new Date();
  return [
    database.revision.create({
      data: { id: crypto.randomUUID(), ...owned(scope), variantId, number, fileId: file.id, notes },
    }),
    database.variant.updateMany({ where: { id: variantId }, data: { updatedAt } }),
    database.model.updateMany({ where: { id: variant.modelId }, data: { updatedAt } }),
  ];
}

async function pictureOf(scope: Scope, file: File, { modelId, alt }: Extract<Attachment, { to: "model" }>) {
  if (file.kind !== FileKind.picture) throw wrongKind("A model’s pictures are .png, .jpg or .webp files.");
  const { database } = scope;
  const [model, last, count] = await database.$transaction([
    database.model.findFirst({ where: { id: modelId, ...owned(scope) } }),
    database.picture.findFirst({ where: { modelId, ...owned(scope) }, orderBy: { position: "desc" } }),
    database.picture.count({ where: { modelId, ...owned(scope) } }),
  ]);
  if (model === null) throw notFound("model");
  if (count >= PICTURES_LIMIT)
    throw new AppError({ code: "conflict", message: `A model has ${PICTURES_LIMIT} pictures at most.` });

  const position = (last?.position ?? -1) + 1;
  return [
    database.picture.create({
      data: { id: crypto.randomUUID(), ...owned(scope), modelId, fileId: file.id, alt, position },
    }),
    database.model.updateMany({ where: { id: modelId }, data: { updatedAt: new Date() } }),
  ];
}

function wrongKind(message: string): AppError {
  return new AppError({ code: "invalid", message });
}
