import { DurableObject } from "cloudflare:workers";

interface Env {
  readonly FLAGS: KVNamespace;
  readonly DB: D1Database;
  readonly FILES: R2Bucket;
  readonly JOBS: Queue<{ path: string }>;
  readonly TALLIES: DurableObjectNamespace<Tally>;
}

/** Counts the visits of one path: there is one object for each. */
export class Tally extends DurableObject<Env> {
  async add(): Promise<number> {
    const count = ((await this.ctx.storage.get<number>("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }
}

/** A Worker with every kind of store: each request is noted in D1 and sent to a queue, whose consumer writes to R2. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname: path } = new URL(request.url);
    await env.DB.prepare("INSERT INTO visits (path, at) VALUES (?, ?)")
      .bind(path, new Date().toISOString())
      .run();
    await env.JOBS.send({ path });
    const visits = await env.DB.prepare("SELECT count(*) AS n FROM visits").first<number>("n");
    const here = await env.TALLIES.getByName(path).add();
    return Response.json({ visits, here, greeting: await env.FLAGS.get("greeting") });
  },

  async queue({ messages }: MessageBatch<{ path: string }>, env: Env): Promise<void> {
    for (const { body } of messages) await env.FILES.put(`visited${body.path}`, "yes");
  },

  async scheduled({ cron, scheduledTime }: ScheduledController, env: Env): Promise<void> {
    await env.FLAGS.put("last-run", `${cron} ${new Date(scheduledTime).toISOString()}`);
  },
};
