import type { BenchLine } from "./line.ts";
import { benchPages } from "./app/pages.ts";
import { benchQueries } from "./app/queries.ts";
import { openStage } from "./app/stage.ts";
import { benchStart } from "./app/start.ts";
import { benchUpload } from "./app/upload.ts";
import { requireLinux } from "./app/workerd.ts";

/** The built app, in a workerd that runs nothing else: its size and start, pages, queries and uploads. */
export async function benchApp(): Promise<readonly BenchLine[]> {
  requireLinux();
  const stage = await openStage();
  try {
    return [
      ...(await benchStart(stage.appPlan)),
      ...(await benchPages(stage)),
      ...(await benchQueries(stage)),
      ...(await benchUpload(stage)),
    ];
  } finally {
    await stage.stop();
  }
}
