import { router } from "../trpc.ts";
import { account } from "./account.ts";
import { admin } from "./admin.ts";
import { dashboard } from "./dashboard.ts";
import { filaments } from "./filaments.ts";
import { files } from "./files.ts";
import { jobs } from "./jobs.ts";
import { me } from "./me.ts";
import { models } from "./models.ts";
import { release } from "./release.ts";
import { search } from "./search.ts";
import { shopping } from "./shopping.ts";
import { spools } from "./spools.ts";
import { variants } from "./variants.ts";

export const apiRouter = router({
  release,
  me,
  account,
  admin,
  filaments,
  spools,
  models,
  variants,
  files,
  jobs,
  shopping,
  search,
  dashboard,
});

/** What a client may know of the API: its types alone. */
export type ApiRouter = typeof apiRouter;
