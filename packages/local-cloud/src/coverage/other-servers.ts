import type { Documented } from "../http/routes.ts";
import { GATEWAY } from "../services/xata/coverage.ts";

/** What has no route table, described as routes are: the edge, Xata's gateway, and hosts that Workers reach outward. */
export const OTHER_SERVERS: readonly Documented[] = [...GATEWAY];
