import { router } from "../trpc.ts";
import { me } from "./me.ts";
import { release } from "./release.ts";

export const apiRouter = router({ release, me });
