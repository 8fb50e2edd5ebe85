import type { BucketsBackend } from "../r2/backend.ts";
import type { Measurement } from "./measurements.ts";
import type { Filter } from "./graphql/filters.ts";

/** How much the buckets hold now, as the newest row of their storage metrics; just the one that the filter names, if it does. */
export async function bucketUsage(
  buckets: Pick<BucketsBackend, "list" | "objects">,
  { filter, second }: { readonly filter: Filter; readonly second: number },
): Promise<readonly Measurement[]> {
  const wanted = filter["bucketName"];
  const names = buckets
    .list()
    .map(({ name }) => name)
    .filter((name) => typeof wanted !== "string" || name === wanted);
  return Promise.all(
    names.map(async (bucketName) => ({
      second,
      dimensions: { bucketName },
      count: 1,
      sums: await contents(buckets, bucketName),
      samples: {},
    })),
  );
}

async function contents(
  buckets: Pick<BucketsBackend, "objects">,
  bucket: string,
): Promise<{ objectCount: number; payloadSize: number; metadataSize: number; uploadCount: number }> {
  let objectCount = 0;
  let payloadSize = 0;
  let cursor: string | null = "";
  while (cursor !== null) {
    const query = new URLSearchParams(cursor === "" ? {} : { cursor });
    const listed = await buckets.objects({ bucket, key: "", query }, { method: "GET" });
    const page = (await listed.json()) as { objects: { size: number }[]; cursor: string | null };
    objectCount += page.objects.length;
    payloadSize += page.objects.reduce((sum, { size }) => sum + size, 0);
    cursor = page.cursor;
  }
  return { objectCount, payloadSize, metadataSize: 0, uploadCount: 0 };
}
