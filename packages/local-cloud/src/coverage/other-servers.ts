import type { Documented } from "../http/routes.ts";
import { EDGE } from "../dataplane/coverage.ts";
import { GATEWAY } from "../services/xata/coverage.ts";
import { UNVERIFIED_CODES } from "./unverified-codes.ts";

/** What has no route table, described as routes are: the edge, Xata's gateway, and what is common to many routes. */
export const OTHER_SERVERS: readonly Documented[] = [...EDGE, ...GATEWAY, ...UNVERIFIED_CODES];
