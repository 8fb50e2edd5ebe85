import { z } from "zod";

/** `down`: no answer or an error. `slow`: no answer within the probe's time limit. `behind`: the schema lacks a migration. */
export const serviceStateSchema = z.enum(["ok", "down", "slow", "behind"]);
export type ServiceState = z.infer<typeof serviceStateSchema>;

/** `absent` also stands for an empty value. */
export const presenceSchema = z.enum(["present", "absent"]);

/**
 * The body of `/health` for machines. Status 200 when `status` is `healthy`, otherwise 503.
 * Unknown fields are ignored, so that an older reader understands a newer app.
 */
export const healthReportSchema = z.object({
  schema: z.literal(1),
  status: z.enum(["healthy", "unhealthy"]),
  /** ISO 8601, when the answer was written. */
  timestamp: z.iso.datetime(),
  /** ISO 8601, when the services were last asked. */
  checkedAt: z.iso.datetime(),
  release: z.string(),
  version: z.string(),
  environment: z.string(),
  services: z.object({
    database: serviceStateSchema,
    storage: serviceStateSchema,
    email: serviceStateSchema,
    schema: serviceStateSchema,
  }),
  /** Milliseconds, per service that was asked. */
  latenciesMs: z.record(z.string(), z.number().nonnegative()),
  /** Name of the newest migration that the database has finished, null when it has none or can't be asked. */
  schemaVersion: z.string().nullable(),
  /** Per variable, secret and binding of the contract: whether the running Worker has it. Never a value. */
  configuration: z.record(z.string(), presenceSchema),
});
export type HealthReport = z.infer<typeof healthReportSchema>;
