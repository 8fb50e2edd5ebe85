import * as z from "zod";
import { parseValue } from "../../http/request.ts";
import { assetConfigSchema } from "../assets/model.ts";
import { invalidUpload, unsupported } from "./errors.ts";
import { documentIn, isFieldOf } from "./form-fields.ts";
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
  migrations: z.unknown().optional(),
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

export const MODULE_TYPES: Readonly<Record<string, ModuleType>> = {
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
  const metadata = parseMetadata(await documentIn(form, "metadata"));
  const files = [...form.entries()].filter(([name]) => !isFieldOf(name, "metadata"));
  const modules = await Promise.all(files.map(([name, file]) => toModule(name, file)));
  return checked({ metadata, modules });
}

function checked(upload: Upload): Upload {
  const { metadata, modules } = upload;
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
  if (new Set(modules.map(({ name }) => name)).size < modules.length)
    throw invalidUpload("Two modules have the same name.");
  return upload;
}

/** @throws {Refusal} 10021 with the module whose name or type is none. */
export function moduleOf(name: string, mediaType: string, bytes: Buffer): UploadedModule {
  if (!isModuleName(name)) throw invalidUpload(`The part "${name}" has a name that no module can have.`);
  const type = MODULE_TYPES[mediaType.split(";")[0]?.trim() ?? ""];
  if (type === undefined)
    throw invalidUpload(`The part "${name}" has the type "${mediaType}", which is no module's.`);
  return { name, type, bytes };
}

/** A relative path that stays below the script's own root. */
function isModuleName(name: string): boolean {
  const steps = name.split("/");
  const climbs = steps.some((step) => step === ".." || step === "");
  return name.length <= 512 && !climbs && !/[\p{Cc}\\]/u.test(name);
}

async function toModule(name: string, file: File | string): Promise<UploadedModule> {
  if (typeof file === "string") throw invalidUpload(`The part "${name}" has no file name.`);
  // The official SDK names each part alike, and the module in the file's name only.
  const moduleName = /^files(?:\[\d*\])?$/u.test(name) ? file.name : name;
  return moduleOf(moduleName, file.type, Buffer.from(await file.arrayBuffer()));
}

/** @throws {Refusal} 10001 with the field that is wrong, 10501 with what the local cloud doesn't do. */
export function parseMetadata(value: unknown): UploadMetadata {
  const metadata = parseValue(value, metadataSchema);
  const refused = REFUSED_FIELDS.find((field) => !isEmpty(metadata[field]));
  if (refused !== undefined) throw unsupported(`the upload's field ${refused}`);
  return metadata;
}

const REFUSED_FIELDS = ["exports", "containers", "streaming_tail_consumers"];

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0)
  );
}
