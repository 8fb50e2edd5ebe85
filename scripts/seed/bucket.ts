import type { StoredObject } from "./catalogue.ts";
import type { Target } from "./target.ts";

/**
 * Puts files where the app looks for them.
 * @returns how many; null where there is no such bucket: `npm run dev` keeps files in a folder of its own
 * @throws {Error} with what the bucket answered
 */
export async function storeObjects(
  { name, apiBaseUrl, accountId, apiToken }: NonNullable<Target["bucket"]>,
  objects: readonly StoredObject[],
): Promise<number | null> {
  for (const { key, contentType, bytes } of objects) {
    const path = `/accounts/${accountId}/r2/buckets/${name}/objects/${key}`;
    const answer = await fetch(`${apiBaseUrl}${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${apiToken}`, "content-type": contentType },
      body: Uint8Array.from(bytes),
    });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`the bucket ${name} answered ${answer.status}: ${await answer.text()}`);
  }
  return objects.length;
}
