import { router } from "../trpc.ts";
import { me } from "./me.ts";
import { release } from "./release.ts";

export const apiRouter = router({ release, me });

/** What a client may know of the API: its types alone. */
export type ApiRouter = typeof apiRouter;
