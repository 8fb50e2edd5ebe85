import * as z from "zod";
import { parseValue } from "../../http/request.ts";
import { bindingUnnamed, inheritImpossible, invalidUpload, unsupported } from "./errors.ts";

const NAME = z.string().regex(/^[A-Za-z_$][\w$]*$/u, "must be a JavaScript identifier");

/** It is a table's name in SQL. @see https://developers.cloudflare.com/analytics/analytics-engine/get-started/ */
const DATASET = z.string().regex(/^[A-Za-z_]\w*$/u, "must be a name of letters, digits and underscores");

/** The kinds of binding that the data plane can give to a Worker. */
const bindingSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("plain_text"), name: NAME, text: z.string() }),
  z.object({ type: z.literal("json"), name: NAME, json: z.json() }),
  z.object({ type: z.literal("secret_text"), name: NAME, text: z.string() }),
  z.object({
    type: z.literal("r2_bucket"),
    name: NAME,
    bucket_name: z.string(),
    jurisdiction: z.string().optional(),
  }),
  z.object({ type: z.literal("kv_namespace"), name: NAME, namespace_id: z.string() }),
  z.object({ type: z.literal("d1"), name: NAME, id: z.string() }),
  z.object({
    type: z.literal("durable_object_namespace"),
    name: NAME,
    class_name: z.string(),
    script_name: z.string().optional(),
  }),
  z.object({
    type: z.literal("queue"),
    name: NAME,
    queue_name: z.string(),
    delivery_delay: z.number().int().min(0).max(43_200).optional(),
  }),
  z.object({ type: z.literal("analytics_engine"), name: NAME, dataset: DATASET }),
  z.object({ type: z.literal("assets"), name: NAME }),
  z.object({ type: z.literal("version_metadata"), name: NAME }),
]);
export type Binding = z.infer<typeof bindingSchema>;

/** The values of `type` that an upload's bindings may have, besides `inherit`. */
export const BINDING_KINDS: readonly string[] = bindingSchema.options.map(
  (option) => option.shape.type.value,
);

const inheritSchema = z.object({
  type: z.literal("inherit"),
  name: NAME,
  old_name: z.string().optional(),
  version_id: z.string().optional(),
});

/** Where an upload's bindings may come from besides itself. */
export interface InheritanceSources {
  /** The newest version of the Worker, from which `inherit` and `keep_bindings` take by default. */
  readonly latest: readonly Binding[];
  /** The bindings of another version, none for an unknown id. */
  readonly ofVersion: (id: string) => readonly Binding[];
  /** Whether an `inherit` that finds nothing is refused; otherwise it is dropped. */
  readonly isStrict: boolean;
}

/**
 * The bindings of a new version: those in the upload, with `inherit` replaced by what it stands for, and then those kinds
 * of the newest version that `keep` names and the upload doesn't.
 * @throws {Refusal} 10057 with all names where a strict `inherit` finds nothing, 10021 for a malformed binding, 10501 for an unsupported kind.
 */
export function resolveBindings(
  uploaded: readonly unknown[],
  keep: readonly string[],
  sources: InheritanceSources,
): readonly Binding[] {
  const resolved = uploaded.map((binding) => resolveBinding(binding, sources));
  const missing = resolved.flatMap((binding) => ("missing" in binding ? [binding.missing] : []));
  if (sources.isStrict && missing.length > 0) throw inheritImpossible(missing);
  const own = resolved.flatMap((binding) => ("missing" in binding ? [] : [binding]));
  const names = new Set(own.map((binding) => binding.name));
  if (names.size < own.length) throw invalidUpload("Two bindings have the same name.");
  const kept = sources.latest.filter((binding) => keep.includes(binding.type) && !names.has(binding.name));
  return [...own, ...kept];
}

function resolveBinding(
  binding: unknown,
  sources: InheritanceSources,
): Binding | { readonly missing: string } {
  const inherited = inheritSchema.safeParse(binding);
  if (inherited.success) {
    const { name, old_name: oldName, version_id: versionId } = inherited.data;
    const source = versionId === undefined ? sources.latest : sources.ofVersion(versionId);
    const found = source.find((candidate) => candidate.name === (oldName ?? name));
    if (!found) return { missing: name };
    return { ...found, name };
  }
  const parsed = bindingSchema.safeParse(binding);
  if (parsed.success) return parsed.data;
  const { type, name } = parseValue(
    binding,
    z.looseObject({ type: z.string(), name: z.string().default("") }),
  );
  if (name === "") throw bindingUnnamed(type);
  if (!BINDING_KINDS.includes(type)) {
    throw unsupported(`bindings of type ${type} (${name})`);
  }
  throw invalidUpload(`Binding ${name}: ${parsed.error.issues[0]?.message ?? "is malformed"}`);
}

/** Names of the secrets that differ in value, or that only one of both has. */
export function changedSecrets(before: readonly Binding[], after: readonly Binding[]): readonly string[] {
  const old = secretTexts(before);
  const current = secretTexts(after);
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((name) => old.get(name) !== current.get(name))
    .sort();
}

function secretTexts(bindings: readonly Binding[]): ReadonlyMap<string, string> {
  return new Map(
    bindings.flatMap((binding) => (binding.type === "secret_text" ? [[binding.name, binding.text]] : [])),
  );
}

/** `changes` maps a name to its new text, or to null to delete the secret. */
export function withSecrets(
  bindings: readonly Binding[],
  changes: Readonly<Record<string, string | null>>,
): readonly Binding[] {
  const untouched = bindings.filter((binding) => !(binding.name in changes));
  const changed = Object.entries(changes).flatMap(([name, text]) =>
    text === null ? [] : [{ type: "secret_text" as const, name, text }],
  );
  return [...untouched, ...changed];
}
