import * as z from "zod";

const ENTRY_TYPES = [
  "lease_acquired",
  "lease_renewed",
  "lease_released",
  "lease_taken",
  "planned",
  "migrated",
  "uploaded",
  "routed",
  "judged",
  "paused",
  "resumed",
  "aborted",
  "proven",
  "triggers_applied",
  "rolled_back",
  "adopted",
  "stuck",
  "requested",
  "locked",
  "unlocked",
] as const;

/** Written by a person without the lease, while a delivery may hold it. */
const LEASELESS: readonly LedgerEntry["type"][] = ["requested", "locked", "unlocked"];

/** What a person asks of a rollout that runs elsewhere. */
const requestSchema = z.enum(["pause", "abort"]);

/** A rule that was overridden → why. */
const exceptionsSchema = z.object({
  /** An older release than the one that served. */
  older: z.string().optional(),
  /** A release that the environment before had not proven. */
  breakGlass: z.string().optional(),
  duringFreeze: z.string().optional(),
  /** A migration that takes something away. */
  contract: z.string().optional(),
  /** An unfinished rollout was taken back for this one. */
  rollForward: z.string().optional(),
});

/** What `planned` says of a rollout beside its release, so that another process can go on with it. */
const planSchema = z.object({
  steps: z.array(z.number()),
  migrations: z.array(z.string()),
  address: z.enum(["public", "preview"]),
});

const measurementSchema = z.object({
  probe: z.string(),
  result: z.enum(["pass", "fail", "error"]),
  detail: z.string(),
});

const verdictSchema = z.object({
  /** Which gate, such as `health@0`. */
  gate: z.string(),
  result: z.enum(["pass", "fail", "inconclusive"]),
  measurements: z.array(measurementSchema),
});

/** One line of an environment's history. Readers ignore fields that they don't know. */
export const entrySchema = z.object({
  schema: z.literal(1),
  /** Counts from 1 without gaps. */
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  actor: z.object({ kind: z.enum(["ci", "person"]), name: z.string(), runUrl: z.string().optional() }),
  lease: z.object({ owner: z.string(), nonce: z.string() }),
  environment: z.string(),
  rolloutId: z.string(),
  type: z.enum(ENTRY_TYPES),
  releaseId: z.string().optional(),
  /** Digest of the release's archive. */
  archiveSha256: z.string().optional(),
  versionId: z.string().optional(),
  /** What the API gave for the version's code at upload: the same bytes give the same etag. */
  etag: z.string().optional(),
  deploymentId: z.string().optional(),
  /** Version id → share of the requests. */
  percentages: z.record(z.string(), z.number()).optional(),
  verdict: verdictSchema.optional(),
  /** Name of a secret → its keyed fingerprint. */
  secrets: z.record(z.string(), z.string()).optional(),
  schemaVersion: z.string().nullable().optional(),
  reason: z.string().optional(),
  request: requestSchema.optional(),
  exceptions: exceptionsSchema.optional(),
  plan: planSchema.optional(),
  /** Since the entry before it of the same process. */
  durationMs: z.number().nonnegative().optional(),
});

export type LedgerEntry = z.infer<typeof entrySchema>;

export type Exceptions = z.infer<typeof exceptionsSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type Measurement = z.infer<typeof measurementSchema>;

/** What a rollout writes; the ledger adds the rest. */
export type NewEntry = Omit<
  LedgerEntry,
  "schema" | "seq" | "at" | "actor" | "lease" | "environment" | "durationMs"
>;

/** Whether an entry is written without the lease: by a person, beside a delivery that may be running. */
export function isLeaseless({ type }: Pick<LedgerEntry, "type">): boolean {
  return LEASELESS.includes(type);
}
