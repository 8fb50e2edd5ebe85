import type { Configuration } from "../config/schema.ts";
import type { Secret } from "./secret.ts";

export type SecretsCheck =
  | { readonly kind: "ready"; readonly secrets: readonly Secret[] }
  | {
      readonly kind: "refused";
      readonly code: "SECRET_MISSING" | "SECRET_SHARED";
      readonly message: string;
      readonly hint: string;
    };

/**
 * The secrets that a Worker is given, out of what is set. Refuses a required one that is missing or empty, and one whose
 * value hasn't the form that the contract asks for.
 */
export function secretsForWorker(
  contract: Configuration["secrets"],
  values: ReadonlyMap<string, Secret>,
): SecretsCheck {
  const named = Object.entries(contract).filter(([, { readers }]) => readers.includes("worker"));
  const missing = named
    .filter(([name, { required }]) => required && present(values.get(name)).length === 0)
    .map(([name]) => name);
  if (missing.length > 0) {
    const [first = ""] = missing;
    const state = values.has(first) ? "is empty" : "is not set";
    return {
      kind: "refused",
      code: "SECRET_MISSING",
      message:
        missing.length === 1
          ? `The secret ${first} ${state}.`
          : `These secrets are missing or empty: ${missing.join(", ")}.`,
      hint: `Set ${missing.length === 1 ? "it" : "them"} in the environment that runs delivery; docs/configuration.md says where each comes from.`,
    };
  }
  const malformed = named.find(([name, { form }]) =>
    present(values.get(name)).some((secret) => !secret.matches(form.pattern)),
  );
  if (malformed) {
    return {
      kind: "refused",
      code: "SECRET_MISSING",
      message: `The secret ${malformed[0]} hasn't the form that it must have: ${malformed[1].form.description}.`,
      hint: "Its value was not changed and is not shown. Check for a truncated value or a stray line break.",
    };
  }
  return { kind: "ready", secrets: named.flatMap(([name]) => present(values.get(name))) };
}

function present(secret: Secret | undefined): readonly Secret[] {
  return secret === undefined || secret.isEmpty ? [] : [secret];
}

/**
 * Refuses a value that another environment has too, where the contract doesn't allow it.
 * `others` maps an environment to the fingerprints of what it serves with.
 */
export function findSharedSecret(
  contract: Configuration["secrets"],
  fingerprints: Readonly<Record<string, string>>,
  others: ReadonlyMap<string, Readonly<Record<string, string>>>,
): SecretsCheck | undefined {
  for (const [environment, theirs] of others) {
    const shared = Object.entries(fingerprints).find(
      ([name, print]) => theirs[name] === print && !contract[name]?.shared,
    );
    if (shared) {
      return {
        kind: "refused",
        code: "SECRET_SHARED",
        message: `The secret ${shared[0]} has the value that ${environment} uses.`,
        hint: "Give each environment a value of its own, or say shared: true in delivery.config.ts.",
      };
    }
  }
  return undefined;
}

/** Name → fingerprint of each secret. */
export function fingerprintsOf(secrets: readonly Secret[], key: Secret): Readonly<Record<string, string>> {
  return Object.fromEntries(secrets.map((secret) => [secret.name, secret.fingerprint(key)]));
}
