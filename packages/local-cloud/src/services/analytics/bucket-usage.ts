import { fullBucketName, type BucketsBackend } from "../r2/backend.ts";
import type { Measurement } from "./measurements.ts";
import type { Filter } from "./graphql/filters.ts";

/**
 * How much the buckets hold now, as the newest row of their storage metrics; just the one that the filter names, if it
 * does. A bucket of a jurisdiction goes by its full name there.
 */
export async function bucketUsage(
  buckets: Pick<BucketsBackend, "list" | "usage">,
  { filter, second }: { readonly filter: Filter; readonly second: number },
): Promise<readonly Measurement[]> {
  const wanted = filter["bucketName"];
  const names = buckets
    .list()
    .map(({ name, jurisdiction }) => fullBucketName(name, jurisdiction))
    .filter((name) => typeof wanted !== "string" || name === wanted);
  return Promise.all(
    names.map(async (bucketName) => {
      const { objects, bytes } = await buckets.usage(bucketName);
      const sums = { objectCount: objects, payloadSize: bytes, metadataSize: 0, uploadCount: 0 };
      return { second, dimensions: { bucketName }, count: 1, sums, samples: {} };
    }),
  );
}
