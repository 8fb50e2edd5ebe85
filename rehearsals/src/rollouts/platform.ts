import * as z from "zod";
import type { Cloud } from "../cloud.ts";
import { runOrFail } from "../run.ts";

const deploymentSchema = z.object({
  versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
});
const versionSchema = z.object({ id: z.string(), annotations: z.record(z.string(), z.string()) });

/** What a rehearsal asks of the local cloud itself, past delivery. */
export interface ObservedPlatform {
  /** Percentages by version of the newest deployment; undefined where the Worker doesn't exist. */
  serving(worker: string): Promise<Readonly<Record<string, number>> | undefined>;
  /** Tags by version, of the newest and of those that are asked for. */
  tags(worker: string, versionIds?: readonly string[]): Promise<ReadonlyMap<string, string>>;
  putObject(bucket: string, key: string, text: string): Promise<void>;
  deleteObject(bucket: string, key: string): Promise<void>;
  deleteWorker(worker: string): Promise<void>;
  /** Uploads so many versions that nobody is routed to. */
  uploadVersions(worker: string, count: number): Promise<void>;
  /** Lets something go wrong from now on. @see local-cloud's `fault add` */
  addFault(fault: Readonly<Record<string, unknown>>): Promise<void>;
  /** Ends all faults. @returns how many requests they happened to */
  endFaults(): Promise<number>;
  /** The newest requests to the API or the edge, oldest first. */
  requests(service: "api" | "edge"): Promise<readonly LoggedRequest[]>;
}

const loggedSchema = z.object({
  at: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number().optional(),
  ray: z.string().optional(),
  versionId: z.string().optional(),
});
export type LoggedRequest = z.infer<typeof loggedSchema>;

/** A local cloud that takes longer than this for a simple call hangs. */
const ANSWERS_WITHIN_MS = 30_000;

export function observePlatform(cloud: Cloud, localCloud: string): ObservedPlatform {
  const { apiBaseUrl, accountId, apiToken, dataDir } = cloud.ready;
  const account = `${apiBaseUrl}/accounts/${accountId}`;
  const ask = async (url: string, init: { readonly method?: string; readonly body?: string } = {}) => {
    const headers = { authorization: `Bearer ${apiToken}`, "content-type": "application/json" };
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const response = await fetch(url, { ...init, headers, signal }).catch((cause: unknown) => {
      throw new Error(`${init.method ?? "GET"} ${url} had no answer`, { cause });
    });
    return { status: response.status, reply: (await response.json()) as { readonly result: unknown } };
  };
  const object = (bucket: string, key: string) => `${account}/r2/buckets/${bucket}/objects/${key}`;
  const faults = new URL("/__faults", apiBaseUrl).href;
  return {
    serving: async (worker) => {
      const { status, reply } = await ask(`${account}/workers/scripts/${worker}/deployments`);
      if (status === 404) return undefined;
      const { deployments } = z.object({ deployments: z.array(deploymentSchema) }).parse(reply.result);
      const versions = deployments[0]?.versions ?? [];
      return Object.fromEntries(versions.map(({ version_id: id, percentage }) => [id, percentage]));
    },
    tags: async (worker, versionIds = []) => {
      const { status, reply } = await ask(`${account}/workers/scripts/${worker}/versions?per_page=100`);
      if (status === 404) return new Map();
      const { items } = z.object({ items: z.array(versionSchema) }).parse(reply.result);
      const older = versionIds.filter((id) => !items.some((item) => item.id === id));
      for (const id of older) {
        const answer = await ask(`${account}/workers/scripts/${worker}/versions/${id}`);
        items.push(versionSchema.parse(answer.reply.result));
      }
      return new Map(items.map(({ id, annotations }) => [id, annotations["workers/tag"] ?? ""]));
    },
    putObject: async (bucket, key, body) => {
      const { status } = await ask(object(bucket, key), { method: "PUT", body });
      if (status !== 200) throw new Error(`${bucket}/${key} was refused with ${status}`);
    },
    deleteObject: async (bucket, key) => void (await ask(object(bucket, key), { method: "DELETE" })),
    deleteWorker: async (worker) => {
      await ask(`${account}/workers/scripts/${worker}?force=true`, { method: "DELETE" });
    },
    uploadVersions: async (worker, count) => {
      for (let uploaded = 0; uploaded < count; uploaded += 1) {
        const form = new FormData();
        form.set("metadata", JSON.stringify({ main_module: "index.mjs", compatibility_date: "2026-10-01" }));
        const source = `export default { fetch: () => new Response("${uploaded}") };`;
        form.set("index.mjs", new Blob([source], { type: "application/javascript+module" }), "index.mjs");
        const response = await fetch(`${account}/workers/scripts/${worker}/versions`, {
          method: "POST",
          headers: { authorization: `Bearer ${apiToken}` },
          body: form,
        });
        if (!response.ok) throw new Error(`a version was refused: ${await response.text()}`);
      }
    },
    addFault: async (fault) => {
      const { status, reply } = await ask(faults, { method: "POST", body: JSON.stringify(fault) });
      if (status !== 201) throw new Error(`the fault was refused: ${JSON.stringify(reply)}`);
    },
    endFaults: async () => {
      const { reply } = await ask(faults);
      await ask(faults, { method: "DELETE" });
      return z
        .array(z.object({ applied: z.number() }))
        .parse(reply.result)
        .reduce((sum, { applied }) => sum + applied, 0);
    },
    requests: async (service) => {
      const argv = [
        localCloud,
        "log",
        "--json",
        "--service",
        service,
        "--limit",
        "200000",
        "--data",
        dataDir,
      ];
      const { stdout } = await runOrFail({ argv, cwd: dataDir, env: cloud.machineEnv });
      const lines = stdout.split("\n").filter((line) => line !== "");
      return lines.map((line) => loggedSchema.parse(JSON.parse(line)));
    },
  };
}
