import { z } from "zod";
import { ManagementRefusal } from "./errors.ts";

/**
 * Bodies of requests, as `@xata.io/api` 0.1.10 types them. A field that is left out here is refused by its name.
 */
const scaleToZeroSchema = z.strictObject({
  enabled: z.boolean(),
  inactivityPeriodMinutes: z.number().int().min(1).default(30),
});
const projectConfigurationSchema = z.strictObject({
  scaleToZero: z.strictObject({ baseBranches: scaleToZeroSchema, childBranches: scaleToZeroSchema }),
});

export const newProjectSchema = z.strictObject({
  name: z.string().min(1),
  configuration: projectConfigurationSchema.optional(),
});

export const projectChangeSchema = z.strictObject({
  name: z.string().min(1).optional(),
  configuration: projectConfigurationSchema.partial().optional(),
});

const DESCRIPTION = /^[a-zA-Z0-9]+[a-zA-Z0-9- ]*$/u;
const LONGEST_DESCRIPTION = 50;
const descriptionSchema = z
  .string()
  .max(LONGEST_DESCRIPTION)
  .regex(DESCRIPTION, { error: ({ input }) => `invalid branch description ${String(input)}` });
const backupSchema = z.strictObject({
  retentionPeriod: z
    .number()
    .int()
    .min(2, "must be at least 2 days and maximum 35 days")
    .max(35, "must be at least 2 days and maximum 35 days")
    .optional(),
});
const configurationSchema = z.strictObject({
  region: z.string(),
  instanceType: z.string(),
  image: z.string(),
  replicas: z.number().int(),
  storage: z.number().int().optional(),
});
const commonFields = {
  name: z.string().min(1, "branch name is required"),
  description: descriptionSchema.optional(),
  scaleToZero: scaleToZeroSchema.optional(),
  backupConfiguration: backupSchema.optional(),
};

export const newBranchSchema = z.discriminatedUnion("mode", [
  z.strictObject({
    mode: z.literal("inherit"),
    parentID: z.string().min(1, "parentId is required for 'inherit' mode"),
    ...commonFields,
  }),
  z.strictObject({ mode: z.literal("custom"), configuration: configurationSchema, ...commonFields }),
]);

export const restoreSchema = z.strictObject({
  ...commonFields,
  /** The local cloud's own: the real API (0.1.10) takes no time and restores the newest state. */
  restoreTime: z.iso.datetime({ offset: true }).optional(),
});

export const branchChangeSchema = z
  .strictObject({ ...commonFields, hibernate: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, "at least one of the request fields needs to be set");

export const rotationSchema = z.strictObject({ username: z.string().min(1) });

export const METRICS = [
  "cpu",
  "memory",
  "disk",
  "connections_active",
  "connections_idle",
  "network_ingress",
  "network_egress",
  "iops_read",
  "iops_write",
  "latency_read",
  "latency_write",
  "throughput_read",
  "throughput_write",
  "wal_sync_time",
  "replication_lag_time",
] as const;

export const metricsSchema = z.strictObject({
  start: z.iso.datetime({ offset: true }),
  end: z.iso.datetime({ offset: true }),
  metrics: z.array(z.enum(METRICS)),
  instances: z.array(z.string()).optional(),
  aggregations: z.array(z.enum(["avg", "max", "min"])),
});
export type MetricsRequest = z.infer<typeof metricsSchema>;

/** Reads a body. @throws {ManagementRefusal} 400 with the first field that is wrong */
export function parseBody<T>(bytes: Buffer, schema: z.ZodType<T>, branch?: string): T {
  const parsed = schema.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join(".");
  const reason = unknown === undefined ? (issue?.message ?? "invalid") : "the local cloud doesn't support it";
  const where = branch === undefined ? "" : `Branch [${branch}]: `;
  throw new ManagementRefusal(400, `${where}invalid parameter [${path || "body"}]: ${reason}`);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new ManagementRefusal(400, "invalid parameter [body]: it is not JSON");
  }
}
