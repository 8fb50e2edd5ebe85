import * as z from "zod";

/** Parts of the local cloud that can fail. Those from `workers` to `analytics` are parts of `api`: a fault of `api` is one of theirs too. */
const SERVICES = [
  "api",
  "workers",
  "r2",
  "kv",
  "d1",
  "queues",
  "analytics",
  "edge",
  "xata",
  "resend",
  "outbound",
] as const;
export type Service = (typeof SERVICES)[number];

const count = z.number().int().min(1);

/** Which requests, and how often. */
const target = {
  service: z.enum(SERVICES),
  method: z
    .string()
    .regex(/^[A-Z]+$/u)
    .optional(),
  /** `*` is any text without a slash, `**` any text. Without Cloudflare's `/client/v4`, and without the query. */
  path: z.string().startsWith("/").optional(),
  /** The host that was asked for, of the edge and of Workers' own requests; `*` is any text. */
  host: z.string().min(1).optional(),
  /** The first request of those that match, counted from 1; the ones before it pass. */
  nth: count.optional(),
  /** How many requests it happens to. Default: 1 with `nth`, otherwise all. */
  times: count.optional(),
  probability: z.number().gt(0).max(1).optional(),
  /** Of the draws for `probability`. */
  seed: z.number().int().min(0).default(0),
};

const answer = {
  status: z.number().int().min(400).max(599),
  /** The code in the answer's body, as the service writes it. */
  code: z.union([z.number().int(), z.string().min(1)]).optional(),
  message: z.string().optional(),
  retryAfterSeconds: z.number().min(0).optional(),
};

/** `before`: nothing has happened. `after`: it has happened, and the client doesn't hear so. */
const when = { when: z.enum(["before", "after"]).default("before") };

export const faultSchema = z.discriminatedUnion("effect", [
  z.strictObject({ ...target, ...answer, ...when, effect: z.literal("error") }),
  z.strictObject({ ...target, ...when, effect: z.literal("reset") }),
  z.strictObject({
    ...target,
    effect: z.literal("latency"),
    latencyMs: z.number().min(0).max(600_000),
    /** Up to this much more, drawn by `seed`. */
    jitterMs: z.number().min(0).max(600_000).default(0),
  }),
  /** The request is carried out twice; the client gets the second answer. */
  z.strictObject({ ...target, effect: z.literal("duplicate") }),
  /** Reads are answered from a copy of the state as it was when the fault was added. */
  z.strictObject({ ...target, effect: z.literal("stale") }),
  /** The answer's status and headers, and the first half of its body. */
  z.strictObject({ ...target, effect: z.literal("malformed") }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;
export type Effect = Fault["effect"];

/** One request, as far as a fault looks at it. */
export interface Subject {
  /** The service and those that it is a part of. */
  readonly services: readonly Service[];
  readonly method: string;
  readonly path: string;
  readonly host?: string | undefined;
}

/** Whether a fault is about such a request, whatever its turn. */
export function isAbout(fault: Fault, subject: Subject): boolean {
  return (
    subject.services.includes(fault.service) &&
    (fault.method === undefined || fault.method === subject.method) &&
    (fault.path === undefined || glob(fault.path, "[^/]*").test(subject.path)) &&
    (fault.host === undefined || glob(fault.host, ".*").test(subject.host ?? ""))
  );
}

function glob(pattern: string, star: string): RegExp {
  const parts = pattern.split(/(\*\*|\*)/u).map((part) => {
    if (part === "**") return ".*";
    return part === "*" ? star : part.replaceAll(/[$()+.?[\\\]^{|}]/gu, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join("")}$`, "u");
}

/** Why a fault can't be had, or undefined: what no request could show is refused when it is added. */
export function impossible({ effect, service }: Fault): string | undefined {
  const stateful = service !== "xata" && service !== "outbound";
  if (effect === "stale" && !stateful)
    return `Reads of ${service} can't be stale: it keeps no state of ours.`;
  return undefined;
}
