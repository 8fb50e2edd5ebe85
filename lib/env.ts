import { VERSION_METADATA_BINDING } from "health-contract";
import { z } from "zod";
import type { FileBucket } from "./storage/r2-bucket.ts";

const TEXT = z.string().min(1, "is missing");
const SECRET = TEXT.min(32, "must have at least 32 characters");
const DSN = TEXT.refine(isPostgresUrl, "must be a DSN of the form postgresql://user:password@host/database");
const BUCKET = z.custom<FileBucket>(isBucket, "must be an R2 bucket binding");
/** `address@domain`, or `Name <address@domain>`. */
const SENDER = TEXT.regex(
  /^(?:[^<>@]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u,
  "must have the form address@domain or Name <address@domain>",
);
const VERSION = z.object({ id: TEXT, tag: z.string().optional() }, "must be a version metadata binding");

const REQUIRED = {
  NODE_ENV: TEXT,
  APP_ENV: z.enum(["development", "staging", "production"]),
  JWT_SECRET: SECRET,
  BETTER_AUTH_SECRET: SECRET,
  XATA_DATABASE_URL: DSN,
  RESEND_API_KEY: TEXT,
  EMAIL_FROM: SENDER,
  FILE_STORAGE: BUCKET,
  [VERSION_METADATA_BINDING]: VERSION,
};

const OPTIONAL = {
  R2_ENDPOINT: z.url({ protocol: /^https?$/u, error: "must be a URL that begins with http" }).optional(),
  R2_BUCKET: TEXT.optional(),
  R2_ACCESS_KEY_ID: TEXT.optional(),
  R2_SECRET_ACCESS_KEY: TEXT.optional(),
};

const envSchema = z.object({ ...REQUIRED, ...OPTIONAL });
const settingName = envSchema.keyof();

/** What the Worker is configured with: variables, secrets and bindings. Unknown names are left out. */
export type Env = z.infer<typeof envSchema>;
export type SettingName = z.infer<typeof settingName>;
export type UsableEnv = { readonly [Name in SettingName]?: Env[Name] | undefined };

/** Every name the Worker reads. Without a required one it answers 503 at `/health`. */
export const SETTINGS: readonly { readonly name: SettingName; readonly required: boolean }[] =
  settingName.options.map((name) => ({ name, required: name in REQUIRED }));

export interface EnvProblem {
  readonly name: SettingName;
  /** Goes on after the name: "is missing". Holds no value. */
  readonly problem: string;
}

/** The usable part of an environment and what is wrong with the rest. `whole` is null when there are problems. */
export interface EnvReading {
  readonly usable: UsableEnv;
  readonly whole: Env | null;
  readonly problems: readonly EnvProblem[];
}

export class EnvError extends Error {
  readonly code = "env_invalid";
  readonly problems: readonly EnvProblem[];

  constructor(problems: readonly EnvProblem[]) {
    super(problems.map(({ name, problem }) => `${name} ${problem}`).join("; "));
    this.name = "EnvError";
    this.problems = problems;
  }
}

/** A Worker is given the same bindings with every request. */
const readings = new WeakMap<object, EnvReading>();

/** Never throws, so that `/health` can tell of a Worker that is configured badly. An empty value is a missing one. */
export function readEnv(bindings: Readonly<Record<string, unknown>>): EnvReading {
  const reading = readings.get(bindings) ?? read(bindings);
  readings.set(bindings, reading);
  return reading;
}

function read(bindings: Readonly<Record<string, unknown>>): EnvReading {
  const present = Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== ""));
  const whole = envSchema.safeParse(present);
  if (whole.success) return { usable: whole.data, whole: whole.data, problems: [] };

  const problems = whole.error.issues.map((issue) => problemOf(issue, present));
  const unusable = new Set<string>(problems.map(({ name }) => name));
  const rest = Object.fromEntries(Object.entries(present).filter(([name]) => !unusable.has(name)));
  return { usable: envSchema.partial().parse(rest), whole: null, problems };
}

/** @throws EnvError naming each setting that is missing or unusable. */
export function completeEnv({ whole, problems }: EnvReading): Env {
  if (whole === null) throw new EnvError(problems);
  return whole;
}

function problemOf(issue: z.core.$ZodIssue, present: Readonly<Record<string, unknown>>): EnvProblem {
  const name = settingName.parse(issue.path[0]);
  return { name, problem: present[name] === undefined ? "is missing" : issue.message };
}

function isPostgresUrl(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null && /^postgres(?:ql)?:$/u.test(url.protocol) && url.hostname !== "" && url.username !== ""
  );
}

function isBucket(value: unknown): boolean {
  return typeof value === "object" && value !== null && "head" in value && "put" in value;
}
