import { z } from "zod";
import { FileKind, FileState } from "../../generated/prisma/enums.ts";
import type { File } from "../../generated/prisma/client.ts";
import { printMetadataSchema, storedMetadata } from "../print-files/metadata.ts";

/** States that clients see: what is being removed isn't there for them. */
const shownState = z.enum([FileState.uploading, FileState.processing, FileState.ready, FileState.rejected]);

export const fileSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(FileKind),
  /** By its content, once it was looked at. */
  contentType: z.string(),
  sizeBytes: z.int(),
  sha256: z.string().nullable(),
  state: shownState,
  /** Why it was rejected, or what couldn't be read from it. */
  problem: z.string().nullable(),
  metadata: printMetadataSchema.nullable(),
  createdAt: z.iso.datetime(),
  /** Where it is downloaded, once it is ready. */
  url: z.string(),
});

export type FileView = Readonly<z.infer<typeof fileSchema>>;

export function fileView(file: File): FileView {
  const { id, name, kind, contentType, sha256, problem } = file;
  return {
    id,
    name,
    kind,
    contentType,
    sizeBytes: Number(file.sizeBytes),
    sha256,
    state: shownState.parse(file.state),
    problem,
    metadata: storedMetadata(file.metadata),
    createdAt: file.createdAt.toISOString(),
    url: `/api/files/${id}`,
  };
}
