import { auditEvent } from "../audit.ts";
import { currentAuth, keepCookies } from "../auth.ts";
import { sendMail } from "../email.ts";
import { accountDeleted } from "../email/message.ts";
import { requestContext } from "../request-context.ts";
import type { Scope } from "../scope.ts";
import { purgeLeftover, type UnfinishedUploads } from "./leftovers.ts";
import { requirePassword } from "./password.ts";

/**
 * Deletes an account with all that belongs to it: rows at once and all together, files from the bucket after the answer.
 * What can't be deleted there is written down, and tried again until the bucket has nothing of it.
 * @throws AppError invalid when the password is wrong
 */
export async function deleteAccount(
  scope: Scope,
  { password }: { readonly password: string },
): Promise<void> {
  const { user, database } = scope;
  await requirePassword(scope, password);
  const files = await database.file.findMany({ where: { ownerId: user.id, uploadId: { not: null } } });
  const uploads: UnfinishedUploads = files.map(({ id, uploadId }) => ({
    fileId: id,
    uploadId: uploadId ?? "",
  }));

  const [leftover] = await database.$transaction([
    database.leftover.create({ data: { ownerId: user.id, uploads } }),
    database.auditEvent.create({ data: auditEvent(user.id, "deleted") }),
    // A link to a new password, for one, is good for an hour.
    database.verification.deleteMany({ where: { value: user.id } }),
    database.user.deleteMany({ where: { id: user.id } }),
  ]);
  const { request, waitUntil } = requestContext();
  waitUntil(purgeLeftover(database, leftover));
  const { headers } = await currentAuth().api.signOut({ headers: request.headers, returnHeaders: true });
  keepCookies(headers);
  sendMail({ to: user.email, userId: null, message: accountDeleted() });
}
