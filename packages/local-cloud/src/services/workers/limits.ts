import { gzipSync } from "node:zlib";
import type { Binding } from "./bindings.ts";
import { invalidUpload, scriptTooLarge, tooManyVariables, variableTooLarge } from "./errors.ts";
import type { Upload } from "./upload.ts";

/** Of the paid plan. @see https://developers.cloudflare.com/workers/platform/limits/ */
const MAX_VARIABLES = 128;
const MAX_VARIABLE_BYTES = 5 * 1024;
const MAX_SCRIPT_BYTES = 64 * 1024 * 1024;
const MAX_COMPRESSED_BYTES = 10 * 1024 * 1024;
/** The newest versions of a Worker that a deployment may name. @see https://developers.cloudflare.com/workers/versions-and-deployments/deployment-management/#limits */
export const DEPLOYABLE_VERSIONS = 100;

/** @see the official SDK's `VersionCreateParams.Metadata.Annotations` */
const MAX_MESSAGE_BYTES = 1000;
const MAX_TAG_BYTES = 100;
const ALIAS = /^[a-z][a-z0-9-]*$/u;
const MAX_HOST_LABEL = 63;

/** @throws {Refusal} 10027 for a script that is too large, 10021 for a malformed compatibility date. */
export function checkUpload({ metadata, modules }: Upload): void {
  const contents = modules.flatMap(({ type, bytes }) => (type === "sourcemap" ? [] : [bytes]));
  if (sizeOf(contents) > MAX_SCRIPT_BYTES) throw scriptTooLarge("64 MiB before compression");
  if (sizeOf(contents) > MAX_COMPRESSED_BYTES && sizeOf(contents.map(compressed)) > MAX_COMPRESSED_BYTES)
    throw scriptTooLarge("10 MiB");
  const date = metadata.compatibility_date;
  if (date !== undefined && !isDate(date))
    throw invalidUpload(`Can't set compatibility date ${date}: it is not a date of the form YYYY-MM-DD.`);
}

function sizeOf(contents: readonly Uint8Array[]): number {
  return contents.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function compressed(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes);
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/u.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
}

/** @throws {Refusal} 10054 with the variable that is too large, 10055 with the count. */
export function checkBindings(bindings: readonly Binding[]): void {
  const variables = bindings.flatMap((binding) => {
    const text = textOf(binding);
    return text === undefined ? [] : [{ name: binding.name, sizeBytes: Buffer.byteLength(text) }];
  });
  if (variables.length > MAX_VARIABLES) throw tooManyVariables(variables.length, MAX_VARIABLES);
  const large = variables.find(({ sizeBytes }) => sizeBytes > MAX_VARIABLE_BYTES);
  if (large) throw variableTooLarge(large.name, "5 kB");
}

function textOf(binding: Binding): string | undefined {
  if (binding.type === "plain_text" || binding.type === "secret_text") return binding.text;
  return binding.type === "json" ? JSON.stringify(binding.json) : undefined;
}

type Annotations = Readonly<Record<string, string>>;

/**
 * The annotations of a new version: a long message is cut.
 * @throws {Refusal} 10021 for a long tag, or an alias that is no part of a host name together with the Worker's name.
 */
export function checkedAnnotations(annotations: Annotations, worker: string): Annotations {
  const tag = annotations["workers/tag"];
  if (tag !== undefined && Buffer.byteLength(tag) > MAX_TAG_BYTES)
    throw invalidUpload(`The annotation workers/tag is longer than ${MAX_TAG_BYTES} bytes.`);
  const alias = annotations["workers/alias"];
  if (alias !== undefined && (!ALIAS.test(alias) || `${alias}-${worker}`.length > MAX_HOST_LABEL))
    throw invalidUpload(
      `The alias "${alias}" is not valid: letters, digits and dashes, at most ${MAX_HOST_LABEL} with the Worker's name.`,
    );
  const message = annotations["workers/message"];
  if (message === undefined) return annotations;
  return { ...annotations, "workers/message": cut(message, MAX_MESSAGE_BYTES) };
}

/** Whole characters only. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.byteLength <= maxBytes) return text;
  return new TextDecoder("utf-8").decode(bytes.subarray(0, maxBytes)).replace(/\uFFFD+$/u, "");
}
