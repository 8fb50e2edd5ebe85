import { createHash } from "node:crypto";
import type { Ready } from "../ready-file.ts";
import { api, uploadForm } from "../testing/api-client.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import { fetchText } from "../testing/fetch-text.ts";

/** What a client was told is written, to be looked for after a crash. */
export interface Account {
  readonly versions: string[];
  readonly secrets: string[];
  /** Key → content's length; the content follows from the key. */
  readonly objects: Map<string, number>;
  readonly rows: number[];
  /** The deployments that may be in effect: the last one acknowledged, and one that was under way. */
  readonly deployed: { acknowledged: string; underWay: string | undefined };
  /** Two versions that the deployments switch between. */
  readonly sides: string[];
  readonly acknowledged: Record<string, number>;
  readonly interrupted: Record<string, number>;
  next: number;
}

export function emptyAccount(): Account {
  return {
    versions: [],
    secrets: [],
    objects: new Map(),
    rows: [],
    deployed: { acknowledged: "", underWay: undefined },
    sides: [],
    acknowledged: {},
    interrupted: {},
    next: 1,
  };
}

type Write = (ready: Ready, account: Account) => Promise<void>;

const SOURCE = (text: string) => `export default { fetch: () => new Response(${JSON.stringify(text)}) };`;

/** Workers of their own, since a secret can't be set beside an upload that isn't deployed (10215). */
export async function prepare(ready: Ready, account: Account): Promise<void> {
  for (const worker of ["uploads", "secrets", "switch"]) {
    await asked(ready, `PUT /workers/scripts/${worker}`, uploadForm(SOURCE("first")));
  }
  await asked(ready, "POST /workers/scripts/switch/subdomain", { enabled: true });
  await asked(ready, "POST /r2/buckets", { name: "crash" });
  for (const text of ["left", "right"]) {
    account.sides.push(await uploaded(ready, "switch", text));
  }
  await WRITERS["deployments"]?.(ready, account);
  await query(ready, "CREATE TABLE crash (id int PRIMARY KEY)");
}

/** Each writes one thing, and comes back when it is acknowledged. */
export const WRITERS: Readonly<Record<string, Write>> = {
  uploads: async (ready, account) => {
    account.versions.push(await uploaded(ready, "uploads", `number ${account.next++}`));
  },
  secrets: async (ready, account) => {
    const name = `SECRET_${account.secrets.length % 50}`;
    await asked(ready, "PUT /workers/scripts/secrets/secrets", { name, text: "hush", type: "secret_text" });
    account.secrets.push(name);
  },
  objects: async (ready, account) => {
    const key = `object-${account.next++}`;
    const body = contentOf(key);
    await asked(ready, `PUT /r2/buckets/crash/objects/${key}`, new Blob([body]));
    account.objects.set(key, body.length);
  },
  deployments: async (ready, account) => {
    const side = account.sides[account.next++ % 2] ?? "";
    account.deployed.underWay = side;
    const versions = [{ version_id: side, percentage: 100 }];
    await asked(ready, "POST /workers/scripts/switch/deployments", { strategy: "percentage", versions });
    account.deployed.acknowledged = side;
    account.deployed.underWay = undefined;
  },
  rows: async (ready, account) => {
    const id = account.next++;
    await query(ready, `INSERT INTO crash VALUES (${id})`);
    account.rows.push(id);
  },
};

/** Everything of the account that is not there, as sentences. */
export async function missing(ready: Ready, account: Account): Promise<readonly string[]> {
  const [versions, secrets, objects, rows] = await Promise.all([
    listed(ready, "GET /workers/scripts/uploads/versions"),
    listed(ready, "GET /workers/scripts/secrets/secrets"),
    damagedObjects(ready, account),
    query(ready, "SELECT id FROM crash").then((found) => new Set(found.map(({ id }) => id))),
  ]);
  return [
    ...account.versions.filter((id) => !versions.has(id)).map((id) => `version ${id}`),
    ...account.secrets.filter((name) => !secrets.has(name)).map((name) => `secret ${name}`),
    ...objects,
    ...account.rows.filter((id) => !rows.has(id)).map((id) => `row ${id}`),
    ...(await wrongDeployment(ready, account)),
  ];
}

/** The newest deployment is one that was acknowledged or under way, and the edge answers with it. */
async function wrongDeployment(ready: Ready, account: Account): Promise<readonly string[]> {
  const { result } = await asked(ready, "GET /workers/scripts/switch/deployments");
  const { deployments } = result as { deployments: { versions: { version_id: string }[] }[] };
  const newest = deployments[0]?.versions[0]?.version_id ?? "none";
  const { acknowledged, underWay } = account.deployed;
  if (newest !== acknowledged && newest !== underWay)
    return [`the deployment of ${acknowledged}: ${newest} is deployed`];
  account.deployed.acknowledged = newest;
  account.deployed.underWay = undefined;
  const expected = newest === account.sides[0] ? "left" : "right";
  const { status, body } = await edgeRequest(ready, { host: "switch.localhost" });
  return body === expected ? [] : [`the answer of ${newest}: ${status} ${body.slice(0, 200)}`];
}

/** Looks at each new object once, and at twenty of the older ones each time: a whole look would take ever longer. */
async function damagedObjects(ready: Ready, account: Account): Promise<readonly string[]> {
  const keys = [...account.objects.keys()];
  const newest = keys.slice(-40);
  const step = Math.max(1, Math.floor(keys.length / 20));
  const sample = keys.filter((_, index) => index % step === 0).slice(0, 20);
  const looked = await Promise.all(
    [...new Set([...newest, ...sample])].map(async (key) => {
      const body = await object(ready, key);
      return body === contentOf(key) ? [] : [`object ${key}: ${body?.length ?? "none"}`];
    }),
  );
  return looked.flat();
}

async function object(ready: Ready, key: string): Promise<string | undefined> {
  const url = `${ready.apiBaseUrl}/accounts/${ready.accountId}/r2/buckets/crash/objects/${key}`;
  const { ok, text } = await fetchText(url, { headers: { authorization: `Bearer ${ready.apiToken}` } });
  return ok ? text : undefined;
}

/** Of a length between nothing and about 100 kB, and the same for the same key. */
function contentOf(key: string): string {
  const digest = createHash("sha256").update(key).digest();
  return digest.toString("hex").repeat(digest.readUInt16BE(0) % 1600);
}

async function uploaded(ready: Ready, worker: string, text: string): Promise<string> {
  const { result } = await asked(ready, `POST /workers/scripts/${worker}/versions`, uploadForm(SOURCE(text)));
  return (result as { id: string }).id;
}

/** Ids, or names where there is no id, of all pages of a list. */
async function listed(ready: Ready, call: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (let page = 1; ; page++) {
    const { result, result_info } = await asked(ready, `${call}?page=${page}&per_page=100`);
    const list = result as Named[] | { readonly items: Named[] };
    for (const { id, name = "" } of "items" in list ? list.items : list) found.add(id ?? name);
    if (page >= Number(result_info?.["total_pages"] ?? 1)) return found;
  }
}

interface Named {
  readonly id?: string;
  readonly name?: string;
}

async function asked(
  ready: Ready,
  call: string,
  body?: FormData | Blob | object,
): Promise<Awaited<ReturnType<typeof api>>> {
  const answer = await api(ready, call, body);
  if (!answer.success) throw new Error(`${call}: ${answer.status} ${JSON.stringify(answer.errors)}`);
  return answer;
}

async function query(ready: Ready, statement: string): Promise<readonly { id: number }[]> {
  const url = ready.databases["app"]?.url ?? "";
  const { status, text } = await fetchText(`http://${new URL(url).host}/sql`, {
    method: "POST",
    headers: { "Neon-Connection-String": url },
    body: JSON.stringify({ query: statement }),
  });
  const body = JSON.parse(text) as { rows?: readonly { id: number }[]; message?: string };
  if (body.rows === undefined) throw new Error(`${statement}: ${status} ${body.message}`);
  return body.rows;
}
