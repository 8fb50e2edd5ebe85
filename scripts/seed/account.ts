import { hashPassword } from "better-auth/crypto";
import type { Client } from "pg";
import { idOf } from "./identity.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * The account whose shop it will be: made with the password where there is none, used as it is otherwise.
 * @returns its id, and whether it was made now
 */
export async function accountFor(
  client: Client,
  { email, password }: Credentials,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const { rows } = await client.query<{ id: string }>("SELECT id FROM users WHERE email = $1", [email]);
  const [known] = rows;
  if (known !== undefined) return { id: known.id, isNew: false };

  const id = idOf("user", email);
  await client.query(
    `INSERT INTO users (id, name, email, "emailVerified", "updatedAt") VALUES ($1, 'Sample Shop', $2, true, now())`,
    [id, email],
  );
  await client.query(
    `INSERT INTO accounts (id, "accountId", "providerId", "userId", password, "updatedAt")
     VALUES ($1, $2, 'credential', $2, $3, now())`,
    [idOf("account", email), id, await hashPassword(password)],
  );
  return { id, isNew: true };
}
