import * as z from "zod";
import { parseValue } from "../../http/request.ts";
import { assetConfigSchema } from "../assets/model.ts";
import { invalidUpload } from "./errors.ts";
import type { ModuleType } from "./model.ts";

/** @see https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ */
const metadataSchema = z.looseObject({
  main_module: z.string().optional(),
  body_part: z.string().optional(),
  bindings: z.array(z.unknown()).default([]),
  compatibility_date: z.string().optional(),
  compatibility_flags: z.array(z.string()).default([]),
  keep_bindings: z.array(z.string()).default([]),
  keep_assets: z.boolean().default(false),
  annotations: z.record(z.string(), z.string().optional()).default({}),
  assets: z.object({ jwt: z.string(), config: assetConfigSchema.optional() }).optional(),
  limits: z.record(z.string(), z.unknown()).optional(),
  placement: z.record(z.string(), z.unknown()).optional(),
  logpush: z.boolean().optional(),
  observability: z.unknown().optional(),
  tail_consumers: z.unknown().optional(),
  tags: z.array(z.string()).optional(),
});
type UploadMetadata = z.infer<typeof metadataSchema>;

interface UploadedModule {
  readonly name: string;
  readonly type: ModuleType;
  readonly bytes: Buffer;
}

export interface Upload {
  readonly metadata: UploadMetadata;
  readonly modules: readonly UploadedModule[];
}

const MODULE_TYPES: Readonly<Record<string, ModuleType>> = {
  "application/javascript+module": "esm",
  "application/javascript": "cjs",
  "application/wasm": "wasm",
  "text/plain": "text",
  "application/octet-stream": "data",
  "application/json": "json",
  "application/source-map": "sourcemap",
  "text/x-python": "python",
};

/**
 * Reads the multipart form of an upload: the part `metadata`, and a part per module.
 * @throws {Refusal} 10001 or 10021 with the part that is wrong.
 */
export async function parseUpload(form: FormData): Promise<Upload> {
  const part = form.get("metadata");
  if (part === null) throw invalidUpload("The upload has no part named metadata.");
  const text = typeof part === "string" ? part : await part.text();
  const metadata = parseValue(parseMetadata(text), metadataSchema);
  const files = [...form.entries()].filter(([name]) => name !== "metadata");
  const modules = await Promise.all(files.map(([name, file]) => toModule(name, file)));
  if (metadata.body_part !== undefined)
    throw invalidUpload("Scripts in service-worker format are not supported, only modules.");
  if (metadata.main_module === undefined && metadata.assets === undefined) {
    throw invalidUpload("The upload has neither a main_module nor assets.");
  }
  if (metadata.main_module !== undefined && !modules.some(({ name }) => name === metadata.main_module)) {
    throw invalidUpload(
      `No such module "${metadata.main_module}": main_module names a part that the upload lacks.`,
    );
  }
  return { metadata, modules };
}

function parseMetadata(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidUpload("The part named metadata is not JSON.");
  }
}

async function toModule(name: string, file: File | string): Promise<UploadedModule> {
  if (typeof file === "string") throw invalidUpload(`The part "${name}" has no file name.`);
  const mediaType = file.type.split(";")[0]?.trim() ?? "";
  const type = MODULE_TYPES[mediaType];
  if (type === undefined)
    throw invalidUpload(`The part "${name}" has the type "${file.type}", which is no module's.`);
  return { name, type, bytes: Buffer.from(await file.arrayBuffer()) };
}
