import { Refusal } from "../../http/refusal.ts";
import type { Route } from "../../http/routes.ts";

export interface BucketOperation {
  readonly bucket: string;
  /** Such as `PutObject`. @see https://developers.cloudflare.com/r2/pricing/#class-a-operations */
  readonly action: string;
  /** HTTP status of the answer. */
  readonly status: number;
}

const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GET: "GetObject",
  HEAD: "HeadObject",
  PUT: "PutObject",
  DELETE: "DeleteObject",
};
const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  GET: "HeadBucket",
  PATCH: "PutBucketStorageClass",
  DELETE: "DeleteBucket",
};
const ACCOUNT_ACTIONS: Readonly<Record<string, string>> = { GET: "ListBuckets", POST: "PutBucket" };

/** The same routes, each telling what it did; routes that are no operation on buckets or objects are left as they are. */
export function countingOperations(
  routes: readonly Route[],
  count: (operation: BucketOperation) => void,
): readonly Route[] {
  return routes.map((route) => {
    const action = actionOf(route);
    if (action === undefined) return route;
    return {
      ...route,
      handle: async (request) => {
        const bucket = request.params["bucket"] ?? "";
        try {
          const reply = await route.handle(request);
          count({ bucket, action, status: reply.status });
          return reply;
        } catch (error) {
          count({ bucket, action, status: error instanceof Refusal ? error.status : 500 });
          throw error;
        }
      },
    };
  });
}

function actionOf({ method, path }: Route): string | undefined {
  if (path.endsWith("/objects/*key")) return OBJECT_ACTIONS[method];
  if (path.endsWith("/:bucket/objects")) return method === "GET" ? "ListObjects" : undefined;
  if (path.endsWith("/r2/buckets/:bucket")) return BUCKET_ACTIONS[method];
  return path.endsWith("/r2/buckets") ? ACCOUNT_ACTIONS[method] : undefined;
}
