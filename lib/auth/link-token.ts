import { z } from "zod";

const payload = z.object({
  /** Small letters: what the account had when the link was made. */
  email: z.string(),
  userId: z.string(),
  /** Small letters: what the account is to have. */
  updateTo: z.string().optional(),
});

export type LinkToken = z.infer<typeof payload>;

/**
 * What the token in a mail's link says. Doesn't check its signature: Better Auth does, before anything is believed.
 * @returns null when it is no token of ours.
 */
export function readLinkToken(token: string): LinkToken | null {
  try {
    const [, part = ""] = token.split(".");
    return payload.parse(JSON.parse(Buffer.from(part, "base64url").toString()));
  } catch {
    return null;
  }
}
