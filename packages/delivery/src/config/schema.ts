import * as z from "zod";
import { NOTIFIED } from "../report/notification.ts";
import { WEEK_TIME } from "../rollout/freeze.ts";

const argv = z.array(z.string().min(1)).min(1);
const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/u, "must be lower-case letters, digits and dashes");
const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/u, "must be upper-case letters, digits and underscores");

/** Shares of traffic that a candidate gets, one after the other, in percent. At 0 only the gate reaches it. */
const stepsSchema = z
  .array(z.number().int().min(0).max(100))
  .refine((steps) => steps.at(-1) === 100, "must end with 100")
  .refine((steps) => steps.every((step, index) => step > (steps[index - 1] ?? -1)), "must rise");

const rolloutSchema = z.strictObject({
  steps: stepsSchema.optional(),
  /** How long the gate watches the candidate at each step where users reach it and stable still serves. 0: no metrics are judged. */
  soakMs: z.number().int().nonnegative().optional(),
  /** As few requests of the candidate's users at a step say nothing of its latency. */
  minSamples: z.number().int().positive().default(800),
  /** When the metrics can't tell after the soak: wait for a person, or take the probes' word. */
  onInconclusive: z.enum(["pause", "probes-decide"]).optional(),
});

const weekTime = z.string().regex(WEEK_TIME, "must be a day and a time, such as Fri 16:00");

const freezeSchema = z.strictObject({
  from: weekTime,
  to: weekTime,
  timeZone: z
    .string()
    .default("UTC")
    .refine((name) => isTimeZone(name), "must be a time zone's name, such as Europe/Berlin"),
});

/** Ratios are the candidate's metric to stable's. */
const relativeLimits = (defaults: { readonly negligible: number; readonly limit: number }) =>
  z.strictObject({
    /** A candidate up to this ratio is never to be stopped. */
    tolerated: z.number().min(1).default(1.25),
    /** A candidate from this ratio on is not to pass. */
    limit: z.number().min(1).default(defaults.limit),
    /** Up to this it's fine, whatever stable's is. */
    negligible: z.number().nonnegative().default(defaults.negligible),
  });

const gatesSchema = z.strictObject({
  /** Share of the requests that end with an error, against stable's; false: not judged. */
  errorRate: z.union([z.literal(false), relativeLimits({ limit: 5, negligible: 0.001 })]).prefault({}),
  /** 95th percentile of the time to answer, against stable's; false: not judged. */
  p95Ms: z.union([z.literal(false), relativeLimits({ limit: 2, negligible: 50 })]).prefault({}),
  /** Limit for the Worker's modules, compressed as Cloudflare counts them. */
  bundleBytes: z.number().int().positive().optional(),
  /** Each is run on this machine at every step; another exit code than 0 is a failure. */
  commands: z.array(argv).default([]),
});

const scenarioStepSchema = z
  .strictObject({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
    path: z.string().startsWith("/"),
    headers: z.record(z.string(), z.string()).default({}),
    /** The request's body as JSON. `{{random}}` and captured names are filled in, as in `path` and `headers`. */
    json: z.unknown().optional(),
    /** The request's body as text, such as a small file to upload; its `content-type` is one of the headers. */
    body: z.string().optional(),
    expect: z
      .strictObject({
        status: z.number().int().min(100).max(599).default(200),
        bodyIncludes: z.string().optional(),
      })
      .prefault({}),
    /** Name → where the value is in the JSON answer, such as `user.id`. */
    capture: z.record(z.string().regex(/^\w+$/u), z.string()).default({}),
  })
  .refine(({ json, body }) => json === undefined || body === undefined, "takes json or body, not both");

/** What a visitor would do: requests to the candidate one after the other, with the cookies of their answers. */
const scenarioSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/u, "must be lower-case letters, digits and dashes"),
  steps: z.array(scenarioStepSchema).min(1),
  /** Done at the end in any case. */
  cleanup: z.array(scenarioStepSchema).default([]),
});

const environmentShape = z.strictObject({
  /** Name of the environment in wrangler's configuration. */
  workerEnv: z.string(),
  /** Where users reach it; a custom domain of the Worker. */
  url: z.url(),
  /** Origin to connect to instead of what `url` resolves to, such as a local edge. The Host header stays that of `url`. */
  connectTo: z.url().optional(),
  /** `urlFrom`: the variable that holds the DSN for migrations. */
  database: z.strictObject({ urlFrom: variableName }).optional(),
  /** The environment that must have proven a release before this one takes it. */
  provenBy: environmentName.optional(),
  approval: z.enum(["github", "none"]).default("none"),
  /** The workflow to start where an approval is needed. */
  workflow: z.string().default("deploy.yml"),
  /** Stretches of each week in which nothing is delivered. */
  freezes: z.array(freezeSchema).default([]),
  rollout: rolloutSchema.prefault({}),
  gates: gatesSchema.prefault({}),
  /** Gone through at every step before the soak. */
  probes: z.array(scenarioSchema).default([]),
});

const SOAK_MS = 600_000;

/** An environment that another one proves releases for is the one that users depend on: it is gone through step by step. */
const environmentSchema = environmentShape.transform((environment) => {
  const guarded = environment.provenBy !== undefined;
  const { rollout } = environment;
  return {
    ...environment,
    rollout: {
      ...rollout,
      steps: rollout.steps ?? (guarded ? [0, 10, 50, 100] : [0, 100]),
      soakMs: rollout.soakMs ?? (guarded ? SOAK_MS : 0),
      onInconclusive: rollout.onInconclusive ?? (guarded ? ("pause" as const) : ("probes-decide" as const)),
    },
  };
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const secretSchema = z.strictObject({
  /** What a value must look like: a regular expression (source) over the whole value, and words that describe it. */
  form: z.strictObject({ pattern: z.string(), description: z.string() }),
  /** Who is given it: the Worker at upload, CI for its own commands. */
  readers: z.array(z.enum(["worker", "ci"])).min(1),
  /** Whether environments may have the same value. */
  shared: z.boolean().default(false),
  required: z.boolean().default(true),
});

/** The configuration file's schema. Strict: a key that it doesn't know is an error. */
export const configurationSchema = z
  .strictObject({
    worker: z.strictObject({
      /** wrangler's configuration file. */
      config: z.string(),
      healthPath: z.string().startsWith("/").default("/health"),
    }),
    releases: z.strictObject({
      bucket: z.string(),
      /** Builds what wrangler's configuration names as `main` and assets. */
      build: argv,
      /** Files of JSON in which the build lists the packages that it took modules from, such as `node_modules/zod`. */
      packages: z.array(z.string()).optional(),
      /** Folder with a folder per migration, each with a migration.sql. */
      migrations: z.string().optional(),
    }),
    ledger: z.strictObject({
      /** Name or URL of the git remote that keeps the ledger. */
      remote: z.string().default("origin"),
      /** How long a lease may stand still before another delivery may take it over. */
      termMs: z.number().int().positive().default(120_000),
    }),
    gate: z
      .strictObject({
        /** How long a candidate may take to answer healthy for the first time. */
        timeoutMs: z.number().int().positive().default(20_000),
        /** How many healthy answers in a row make a pass. */
        passes: z.number().int().positive().default(3),
        /** Between two questions until it has passed once. */
        intervalMs: z.number().int().positive().default(250),
        /** Between two questions in the soak. */
        soakIntervalMs: z.number().int().positive().default(5000),
        /** Between two looks at the metrics in the soak. */
        metricsIntervalMs: z.number().int().positive().default(30_000),
        /** So many in a row end the gate. */
        limits: z
          .strictObject({
            /** Unhealthy answers: the candidate fails. */
            failures: z.number().int().positive().default(3),
            /** No answer, or one of another version, once it has passed: the candidate fails. */
            errors: z.number().int().positive().default(6),
            /** Looks at the metrics after the soak that can't tell: `onInconclusive` decides. */
            inconclusives: z.number().int().positive().default(10),
          })
          .prefault({}),
      })
      .prefault({}),
    environments: z.record(environmentName, environmentSchema),
    secrets: z.record(variableName, secretSchema).default({}),
    /** Who is told by a POST: `urlFrom` and `secretFrom` are variables that hold the address and the key of the signature. */
    notifications: z
      .array(
        z.strictObject({
          urlFrom: variableName,
          secretFrom: variableName.optional(),
          on: z.array(z.enum(NOTIFIED)).default([...NOTIFIED]),
        }),
      )
      .default([]),
  })
  .superRefine(({ releases, environments }, context) => {
    if (releases.migrations === undefined || Object.values(environments).some(({ database }) => database))
      return;
    context.addIssue({
      code: "custom",
      path: ["releases", "migrations"],
      message: "no environment has a database to apply them to",
      params: {
        hint: 'Give them one: database: { urlFrom: "DATABASE_URL" }, or leave releases.migrations out.',
      },
    });
  });

/** What `delivery.config.ts` exports, defaults left out. */
export type ConfigurationInput = z.input<typeof configurationSchema>;
/** The configuration with its defaults filled in. */
export type Configuration = z.infer<typeof configurationSchema>;
export type EnvironmentConfiguration = z.infer<typeof environmentSchema>;
export type ScenarioConfiguration = z.infer<typeof scenarioSchema>;
