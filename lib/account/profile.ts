import { recordEvent } from "../audit.ts";
import type { Scope } from "../scope.ts";

export async function changeProfile(
  { user, database }: Scope,
  { name, currency }: { readonly name: string; readonly currency: string },
): Promise<void> {
  await database.user.update({ where: { id: user.id }, data: { name, currency } });
  recordEvent(user.id, "profile_changed");
}
