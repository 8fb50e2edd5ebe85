import { request } from "node:http";
import { join } from "node:path";
import {
  createNarrator,
  type EnvironmentName,
  type Finished,
  rehearse,
  type Rehearsed,
  run,
} from "rehearsals";
import { temporaryFolder } from "testkit";

export const PROJECT = join(import.meta.dirname, "..", "..", "..");

export const HOSTS = { staging: "staging.fm5.example.com", production: "fm5.example.com" } as const;

/** What a visitor gets. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Visit {
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** FM5 after a whole rehearsal: delivered to both environments, which still run. */
export interface DeployedFm5 {
  readonly rehearsed: Rehearsed;
  visit(visit: Visit): Promise<Answer>;
  /** Runs commands in a shell, as the runbook has them, in a copy of the project. */
  shell(
    environment: EnvironmentName,
    script: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<Finished>;
  /** Asks Cloudflare's API about the account: a GET, or a POST of a body. Returns the envelope's result. */
  api<T>(path: string, body?: unknown): Promise<T>;
  /** An outage of every database, and its end. */
  databases(change: "stop" | "start"): Promise<void>;
}

/** npm's own start takes longer than most commands; deploy.yml's steps have gone through the real one by then. */
const NPX = 'npx() { "$PWD/node_modules/.bin/$1" "${@:2}"; }';

export async function deployFm5(say: (text: string) => void): Promise<DeployedFm5> {
  const rehearsed = await rehearse({
    project: PROJECT,
    dataDir: temporaryFolder("fm5-rehearsal"),
    ports: [0, 0, 0],
    narrator: createNarrator(say),
    signal: new AbortController().signal,
  });
  const { world, source } = rehearsed.stage;
  const authorization = { authorization: `Bearer ${world.ready.apiToken}` };
  return {
    rehearsed,
    visit: (visit) => send(world.ready.edgeUrl, visit),
    shell: (environment, script, env = {}) =>
      run({
        argv: ["bash", "-e", "-o", "pipefail", "-c", `${NPX}\n${script}`],
        cwd: source.folder,
        env: { ...world.deliveryEnv(environment), CI: "true", ...env },
      }),
    api: async <T>(path: string, body?: unknown) => {
      const { apiBaseUrl, accountId } = world.ready;
      const response = await fetch(`${apiBaseUrl}/accounts/${accountId}/${path}`, {
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
        headers: { ...authorization, "content-type": "application/json" },
      });
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
      return ((await response.json()) as { result: T }).result;
    },
    databases: async (change) => {
      const response = await fetch(new URL(`/__databases/${change}`, world.ready.apiBaseUrl), {
        method: "POST",
        headers: authorization,
      });
      if (!response.ok) throw new Error(`the databases did not ${change}: ${await response.text()}`);
    },
  };
}

function send(
  edgeUrl: string,
  { host, path = "/", method = "GET", headers = {}, body }: Visit,
): Promise<Answer> {
  const { hostname, port } = new URL(edgeUrl);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers: { host, ...headers } }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
      );
    });
    outgoing.on("error", reject).end(body);
  });
}
