import type { Jwk, JwtOptions } from "better-auth/plugins/jwt";
import type { Jwks } from "../generated/prisma/client.ts";
import { database } from "./db.ts";
import { lock, unlock } from "./locked-text.ts";

const ALGORITHM = "EdDSA";
const CURVE = "Ed25519";

/**
 * Where the keys that sign JWTs are kept: the table `jwks`, private halves encrypted. A key that was encrypted under
 * another secret is as good as gone, so a new JWT_SECRET makes a new key and revokes the tokens of the old one, while
 * sessions go on.
 */
export function storedJwtKeys(secret: string): NonNullable<JwtOptions["adapter"]> {
  return {
    getJwks: async () => {
      const rows = await database().jwks.findMany();
      const keys = await Promise.all(rows.map((row) => unlockRow(secret, row)));
      return keys.filter((key) => key !== null);
    },
    createJwk: async (key) => {
      const id = crypto.randomUUID();
      const { publicKey, createdAt, expiresAt = null } = key;
      const privateKey = await lock(secret, key.privateKey);
      await database().jwks.create({
        data: { id, publicKey, privateKey, createdAt, expiresAt, alg: ALGORITHM, crv: CURVE },
      });
      return { ...key, id };
    },
  };
}

async function unlockRow(secret: string, { expiresAt, ...row }: Jwks): Promise<Jwk | null> {
  if (row.alg !== ALGORITHM || row.crv !== CURVE) return null;
  const privateKey = await unlock(secret, row.privateKey);
  if (privateKey === null) return null;
  return { ...row, privateKey, alg: ALGORITHM, crv: CURVE, ...(expiresAt === null ? {} : { expiresAt }) };
}
