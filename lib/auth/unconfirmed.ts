import { database } from "../db.ts";

/**
 * Forgets an account whose address nobody has confirmed, so that the address belongs to whoever asks for it last. It has
 * never been signed in to, so nothing is lost; and links to confirm it are void from then on: who signed up with another's
 * address can't have it confirmed by its owner later.
 */
export async function forgetUnconfirmed(address: string): Promise<void> {
  await database().user.deleteMany({ where: { email: address.toLowerCase(), emailVerified: false } });
}
