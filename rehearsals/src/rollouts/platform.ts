import * as z from "zod";
import { ask } from "../ask.ts";
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

export function observePlatform(cloud: Cloud, localCloud: string): ObservedPlatform {
  return {
    ...workersOf(cloud),
    ...objectsOf(cloud),
    ...faultsOf(cloud),
    requests: (service) => loggedRequests(cloud, { localCloud, service }),
  };
}

function accountUrl({ ready: { apiBaseUrl, accountId } }: Cloud): string {
  return `${apiBaseUrl}/accounts/${accountId}`;
}

const deploymentsSchema = z.object({ deployments: z.array(deploymentSchema) });
const versionsSchema = z.object({ items: z.array(versionSchema) });

function workersOf(
  cloud: Cloud,
): Pick<ObservedPlatform, "serving" | "tags" | "deleteWorker" | "uploadVersions"> {
  const { apiToken } = cloud.ready;
  const scripts = `${accountUrl(cloud)}/workers/scripts`;
  return {
    serving: async (worker) => {
      const { status, reply } = await ask(apiToken, { url: `${scripts}/${worker}/deployments` });
      if (status === 404) return undefined;
      const versions = deploymentsSchema.parse(reply.result).deployments[0]?.versions ?? [];
      return Object.fromEntries(versions.map(({ version_id: id, percentage }) => [id, percentage]));
    },
    tags: async (worker, versionIds = []) => {
      const { status, reply } = await ask(apiToken, { url: `${scripts}/${worker}/versions?per_page=100` });
      if (status === 404) return new Map();
      const { items } = versionsSchema.parse(reply.result);
      const older = versionIds.filter((id) => !items.some((item) => item.id === id));
      for (const id of older) {
        const answer = await ask(apiToken, { url: `${scripts}/${worker}/versions/${id}` });
        items.push(versionSchema.parse(answer.reply.result));
      }
      return new Map(items.map(({ id, annotations }) => [id, annotations["workers/tag"] ?? ""]));
    },
    deleteWorker: async (worker) => {
      await ask(apiToken, { method: "DELETE", url: `${scripts}/${worker}?force=true` });
    },
    uploadVersions: async (worker, count) => {
      for (let uploaded = 0; uploaded < count; uploaded += 1) {
        const body = versionForm(`export default { fetch: () => new Response("${uploaded}") };`);
        const { status, reply } = await ask(apiToken, {
          method: "POST",
          url: `${scripts}/${worker}/versions`,
          body,
        });
        if (status !== 200) throw new Error(`a version was refused: ${JSON.stringify(reply)}`);
      }
    },
  };
}

function versionForm(source: string): FormData {
  const form = new FormData();
  form.set("metadata", JSON.stringify({ main_module: "index.mjs", compatibility_date: "2026-10-01" }));
  form.set("index.mjs", new Blob([source], { type: "application/javascript+module" }), "index.mjs");
  return form;
}

function objectsOf(cloud: Cloud): Pick<ObservedPlatform, "putObject" | "deleteObject"> {
  const { apiToken } = cloud.ready;
  const at = (bucket: string, key: string) => `${accountUrl(cloud)}/r2/buckets/${bucket}/objects/${key}`;
  return {
    putObject: async (bucket, key, body) => {
      const { status } = await ask(apiToken, { method: "PUT", url: at(bucket, key), body });
      if (status !== 200) throw new Error(`${bucket}/${key} was refused with ${status}`);
    },
    deleteObject: async (bucket, key) => {
      await ask(apiToken, { method: "DELETE", url: at(bucket, key) });
    },
  };
}

const appliedSchema = z.array(z.object({ applied: z.number() }));

function faultsOf({
  ready: { apiBaseUrl, apiToken },
}: Cloud): Pick<ObservedPlatform, "addFault" | "endFaults"> {
  const url = new URL("/__faults", apiBaseUrl).href;
  return {
    addFault: async (fault) => {
      const { status, reply } = await ask(apiToken, { method: "POST", url, body: JSON.stringify(fault) });
      if (status !== 201) throw new Error(`the fault was refused: ${JSON.stringify(reply)}`);
    },
    endFaults: async () => {
      const { reply } = await ask(apiToken, { url });
      await ask(apiToken, { method: "DELETE", url });
      return appliedSchema.parse(reply.result).reduce((sum, { applied }) => sum + applied, 0);
    },
  };
}

async function loggedRequests(
  { ready: { dataDir }, machineEnv }: Cloud,
  { localCloud, service }: { readonly localCloud: string; readonly service: string },
): Promise<readonly LoggedRequest[]> {
  const which = ["--service", service, "--limit", "200000", "--data", dataDir];
  const argv = [localCloud, "log", "--json", ...which];
  const { stdout } = await runOrFail({ argv, cwd: dataDir, env: machineEnv });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => loggedSchema.parse(JSON.parse(line)));
}
