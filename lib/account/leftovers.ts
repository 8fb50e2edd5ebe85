import { z } from "zod";
import type { Leftover, PrismaClient } from "../../generated/prisma/client.ts";
import { currentStorage, keyOf } from "../files/here.ts";
import { removeAllObjects } from "../files/remove.ts";
import { logError } from "../log.ts";
import { requestContext } from "../request-context.ts";

const uploadsSchema = z.array(z.object({ fileId: z.string(), uploadId: z.string() }));

export type UnfinishedUploads = z.infer<typeof uploadsSchema>;

/** An upload that was on its way when its account was deleted has come to its end by then, one way or the other. */
const LATE_MS = 60 * 60 * 1000;
/** Between two attempts at the same account's files. */
const PAUSE_MS = 5 * 60 * 1000;
const AT_ONCE = 5;

/**
 * Empties the bucket of what a deleted account had there. Looks again an hour after the deletion, for what came late, and
 * only then forgets it. Never throws: what fails is found by the next attempt.
 */
export async function purgeLeftover(database: PrismaClient, leftover: Leftover): Promise<void> {
  const { ownerId, createdAt } = leftover;
  try {
    await abortUploads(leftover);
    await removeAllObjects(ownerId);
    if (Date.now() - createdAt.getTime() > LATE_MS)
      await database.leftover.deleteMany({ where: { ownerId } });
  } catch (error) {
    logError("files of a deleted account are still in the bucket", error, requestContext());
  }
}

/** Goes on with deleted accounts whose files may still be there, some at a time. Never throws. */
export async function purgeLeftovers(database: PrismaClient): Promise<void> {
  try {
    const due = await database.leftover.findMany({
      where: { updatedAt: { lt: new Date(Date.now() - PAUSE_MS) } },
      orderBy: { updatedAt: "asc" },
      take: AT_ONCE,
    });
    for (const leftover of due) if (await claim(database, leftover)) await purgeLeftover(database, leftover);
  } catch (error) {
    logError("deleted accounts could not be looked for", error, requestContext());
  }
}

/** Whether nobody else was quicker. */
async function claim(database: PrismaClient, { ownerId, updatedAt }: Leftover): Promise<boolean> {
  const { count } = await database.leftover.updateMany({
    where: { ownerId, updatedAt },
    data: { attempts: { increment: 1 } },
  });
  return count === 1;
}

/** One that R2 has given up by itself is no failure. */
async function abortUploads({ ownerId, uploads }: Leftover): Promise<void> {
  const storage = currentStorage();
  for (const { fileId, uploadId } of uploadsSchema.parse(uploads))
    await storage.abortUpload({ key: keyOf({ ownerId, id: fileId }), uploadId }).catch(() => undefined);
}
