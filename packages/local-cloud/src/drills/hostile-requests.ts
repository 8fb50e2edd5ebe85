import { request } from "node:http";
import { connect } from "node:net";
import type { Ready } from "../ready-file.ts";
import { seededRandom, type Random } from "../random.ts";
import { api, uploadForm } from "../testing/api-client.ts";
import { startApiWithoutRuntime } from "../testing/api-without-runtime.ts";
import type { Drill } from "./drill.ts";

/** What came of a run: how many requests were answered with which status, and what must not be. */
export interface HostileOutcome {
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests that were answered with a defect (500), or not at all or late though they were whole. */
  readonly defects: readonly string[];
}

interface Attack {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Bytes of the body that are sent before the client hangs up; undefined: all of it. */
  readonly cutAt?: number;
}

const HOSTILE = [
  "",
  ".",
  "..",
  "../../../../etc/passwd",
  "..%2f..%2fstate.sqlite",
  "%2e%2e%2f%2e%2e%2fdata",
  "/absolute",
  "C:\\windows",
  "a\u0000b",
  "a\r\nset-cookie: x=1",
  "__proto__",
  "constructor",
  "😀".repeat(40),
  "\ud800",
  "x".repeat(2000),
  "'; DROP TABLE workers; --",
  "<script>alert(1)</script>",
  "%",
  "%zz",
];

/**
 * Sends seeded hostile requests to an API for Workers: malformed forms, truncated bodies, hostile names in paths, fields and
 * file names. Some are by luck valid.
 */
export async function sendHostileRequests(
  ready: Ready,
  options: { readonly seed: number; readonly count: number; readonly answersWithinMs?: number },
): Promise<HostileOutcome> {
  const { answersWithinMs = 20_000 } = options;
  const random = seededRandom(options.seed);
  const statuses: Record<string, number> = {};
  const defects: string[] = [];
  for (let index = 0; index < options.count; index += 1) {
    const attack = attackOf(random, ready);
    const isWhole = attack.cutAt === undefined;
    const status = isWhole ? await send(ready, attack, answersWithinMs) : await sendCut(ready, attack);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (["500", "late"].includes(status) || (status === "none" && isWhole))
      defects.push(`${index} ${attack.label}: ${status}`);
  }
  return { statuses, defects };
}

/** Method and path of what is attacked; `name` is a hostile part of a path. */
const TARGETS = (name: string) =>
  [
    ["PUT", `/scripts/${name}`],
    ["GET", `/scripts/${name}`],
    ["PUT", "/scripts/victim"],
    ["POST", "/scripts/victim/versions"],
    ["PUT", `/scripts/${name}/secrets`],
    ["PUT", "/scripts/victim/secrets"],
    ["DELETE", `/scripts/victim/secrets/${name}`],
    ["PATCH", "/scripts/victim/secrets-bulk"],
    ["PATCH", "/workers/victim/versions/latest"],
    ["POST", "/scripts/victim/assets-upload-session"],
    ["POST", "/assets/upload?base64=true"],
    ["POST", "/scripts/victim/deployments"],
    ["GET", `/scripts/victim/deployments/${name}`],
    ["GET", `/scripts/victim/versions/${name}`],
    ["PATCH", "/scripts/victim/settings"],
    ["PATCH", "/scripts/victim/script-settings"],
    ["PUT", "/scripts/victim/domains/records"],
    ["PUT", "/scripts/victim/routes"],
    ["PUT", "/domains"],
    ["DELETE", `/domains/${name}`],
    ["POST", "/workers"],
    ["POST", "/workers/victim/versions"],
    ["GET", "/scripts/victim/content/v2"],
  ] as const;

function attackOf(random: Random, { accountId, apiToken }: Ready): Attack {
  const name = pick(random, HOSTILE);
  const [method, path] = pick(random, TARGETS(maybeEncoded(random, name)));
  const form = random() < 0.5;
  const body = form ? formOf(random) : Buffer.from(jsonOf(random));
  const cut = random() < 0.15 && body.byteLength > 2;
  return {
    label: `${method} ${path}`,
    method,
    path: `/client/v4/accounts/${accountId}/workers${path}`,
    headers: {
      authorization: `Bearer ${apiToken}`,
      "content-type": form
        ? pick(random, [
            "multipart/form-data; boundary=b",
            "multipart/form-data",
            "application/javascript",
            "multipart/form-data; boundary=other",
          ])
        : "application/json",
    },
    body: method === "GET" ? Buffer.alloc(0) : body,
    ...(cut && method !== "GET" && { cutAt: Math.floor(random() * (body.byteLength - 1)) }),
  };
}

function formOf(random: Random): Buffer {
  const metadata = JSON.stringify(shuffledMetadata(random));
  const name = pick(random, [...HOSTILE, "index.mjs", "index.mjs"]).replaceAll(/["\r\n]/gu, "");
  const parts = [
    `--b\r\ncontent-disposition: form-data; name="metadata"\r\n\r\n${metadata}\r\n`,
    `--b\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\ncontent-type: ${pick(random, ["application/javascript+module", "text/plain", "x/y", ""])}\r\n\r\nexport default {}\r\n`,
    `--b--\r\n`,
  ];
  const text = random() < 0.3 ? parts.slice(0, 2).join("") : parts.join("");
  return mutated(random, Buffer.from(text));
}

function shuffledMetadata(random: Random): unknown {
  const hostile = () => pick(random, HOSTILE);
  return pick(random, [
    { main_module: "index.mjs" },
    { main_module: hostile(), bindings: [{ type: hostile(), name: hostile() }] },
    { main_module: "index.mjs", bindings: [{ type: "inherit", name: hostile(), version_id: hostile() }] },
    { main_module: "index.mjs", bindings: [null, 1, "x", [], {}] },
    { main_module: "index.mjs", annotations: { [hostile()]: hostile() }, compatibility_date: hostile() },
    { main_module: "index.mjs", assets: { jwt: hostile() } },
    { main_module: "index.mjs", assets: { jwt: "a.b.c" }, keep_bindings: [hostile()] },
    null,
    [],
    hostile(),
  ]);
}

function jsonOf(random: Random): string {
  const hostile = () => pick(random, HOSTILE);
  const value = pick(random, [
    { name: hostile(), text: hostile(), type: "secret_text" },
    { secrets: { [hostile()]: { name: hostile(), text: "x", type: "secret_text" }, [hostile()]: null } },
    { manifest: { [`/${hostile()}`]: { hash: "0".repeat(32), size: 1 } } },
    { strategy: "percentage", versions: [{ version_id: hostile(), percentage: 1e308 }] },
    { hostname: hostile(), service: "victim" },
    { origins: [{ hostname: hostile() }] },
    [{ pattern: hostile() }],
    { name: hostile(), subdomain: { enabled: true } },
    {
      modules: [{ name: hostile(), content_type: "text/plain", content_base64: "eA==" }],
      main_module: hostile(),
    },
    { tags: [hostile()], logpush: true },
    JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`) as unknown,
  ]);
  const text = JSON.stringify(value);
  return random() < 0.2 ? text.slice(0, Math.floor(random() * text.length)) : text;
}

/** A few bytes flipped. */
function mutated(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let flips = Math.floor(random() * 4); flips > 0; flips -= 1)
    copy[Math.floor(random() * copy.byteLength)] = Math.floor(random() * 256);
  return copy;
}

function maybeEncoded(random: Random, text: string): string {
  return random() < 0.5 ? encodeURIComponent(text.toWellFormed()) : text.replaceAll(/[^\u0021-\u007e]/gu, "");
}

function pick<T>(random: Random, options: readonly T[]): T {
  const option = options[Math.floor(random() * options.length)];
  if (option === undefined) throw new Error("there is nothing to pick from");
  return option;
}

/** @returns the status; `none` where nothing whole was answered, `late` where that took too long to wait for */
function send(ready: Ready, { method, path, headers, body }: Attack, withinMs: number): Promise<string> {
  const { port, hostname } = new URL(ready.apiBaseUrl);
  const signal = AbortSignal.timeout(withinMs);
  const head = { ...headers, "content-length": String(body.byteLength) };
  return new Promise((resolve) => {
    const unanswered = () => resolve(signal.aborted ? "late" : "none");
    const outgoing = request({ port, hostname, method, path, headers: head, signal }, (incoming) => {
      incoming.resume().on("end", () => resolve(String(incoming.statusCode)));
      incoming.on("error", unanswered);
    });
    outgoing.on("error", unanswered);
    outgoing.end(body);
  });
}

/** Announces the whole body, sends a part of it and hangs up. */
function sendCut(ready: Ready, { method, path, headers, body, cutAt }: Attack): Promise<string> {
  const { port, hostname } = new URL(ready.apiBaseUrl);
  const lines = Object.entries({ ...headers, host: hostname, "content-length": String(body.byteLength) });
  const head = `${method} ${path.replaceAll(" ", "%20")} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, cutAt)]), () => socket.destroy());
    });
    socket.on("error", () => undefined).on("close", () => resolve("none"));
  });
}

const DRILL_REQUESTS = 20_000;

export const hostileRequestsDrill: Drill = {
  about: "20,000 hostile requests to the API are each answered or let go, without a defect.",
  run: async ({ seed, log }) => {
    const plane = await startApiWithoutRuntime();
    try {
      await api(plane.ready, "PUT /workers/scripts/victim", uploadForm("export default {};"));
      const result = await sendHostileRequests(plane.ready, { seed, count: DRILL_REQUESTS });
      const stacks = plane.log.filter((line) => line.includes("\n    at "));
      for (const line of stacks) log(line);
      return { ok: result.defects.length === 0 && stacks.length === 0, result };
    } finally {
      await plane.stop();
    }
  },
};
