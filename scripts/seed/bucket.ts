import type { StoredObject } from "./catalogue.ts";
import type { Target } from "./target.ts";

/**
 * Puts files where the app looks for them.
 * @returns how many
 * @throws {Error} with what the bucket answered
 */
export async function storeObjects(
  { name, apiBaseUrl, accountId, apiToken }: NonNullable<Target["bucket"]>,
  objects: readonly StoredObject[],
): Promise<number> {
  for (const { key, contentType, bytes } of objects) {
    const path = `/accounts/${accountId}/r2/buckets/${name}/objects/${key}`;
    const answer = await fetch(`${apiBaseUrl}${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${apiToken}`, "content-type": contentType },
      body: Uint8Array.from(bytes),
    });
    if (!answer.ok) throw new Error(`the bucket ${name} answered ${answer.status}: ${await answer.text()}`);
  }
  return objects.length;
}
