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
] as const;

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
});

export type LedgerEntry = z.infer<typeof entrySchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type Measurement = z.infer<typeof measurementSchema>;

/** What a rollout writes; the ledger adds the rest. */
export type NewEntry = Omit<LedgerEntry, "schema" | "seq" | "at" | "actor" | "lease" | "environment">;
