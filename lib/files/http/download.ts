import type { File } from "../../../generated/prisma/client.ts";
import { FileKind, FileState } from "../../../generated/prisma/enums.ts";
import { AppError } from "../../app-error.ts";
import { disposition } from "../../file-name.ts";
import { readThumbnail } from "../../print-files/three-mf.ts";
import { storedMetadata } from "../../print-files/metadata.ts";
import { sniff } from "../../print-files/sniff.ts";
import { bytesSource } from "../../print-files/byte-source.ts";
import { notFound, type Scope } from "../../scope.ts";
import type { ByteRange } from "../../storage/file-storage.ts";
import { findFile } from "../find.ts";
import { currentStorage, keyOf, storageFailed } from "../here.ts";
import { objectSource } from "../object-source.ts";
import { isSameForRange, namesEtag, wantedRange } from "./range.ts";

/** A stored page never runs as ours: nothing of it loads, and it is on an origin of its own. */
const ALWAYS = { "content-security-policy": "sandbox; default-src 'none'" };

/** What a file holds never changes under its id; that one may still see it is asked for each download. */
const CACHING = { file: "private, no-cache", picture: "private, max-age=3600" };

/**
 * GET and HEAD of a file, whole or in part: as a download, and pictures to be shown.
 * @throws {AppError} not_found, conflict while it isn't ready
 */
export async function download(scope: Scope, request: Request, id: string): Promise<Response> {
  const file = await findFile(scope, id);
  if (file.state !== FileState.ready)
    throw new AppError({ code: "conflict", message: "This file isn’t ready to be downloaded." });

  const etag = `"${file.sha256}"`;
  const headers = { ...ALWAYS, ...headersOf(file), etag };
  if (namesEtag(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers });

  const sizeBytes = Number(file.sizeBytes);
  const isSame = isSameForRange(request.headers.get("if-range"), etag);
  const wanted = wantedRange(
    isSame && request.method === "GET" ? request.headers.get("range") : null,
    sizeBytes,
  );
  if (wanted === "unsatisfiable")
    return new Response(null, {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${sizeBytes}` },
    });
  if (wanted === "all") return whole(request, file, headers);
  return new Response(await bodyOf(file, wanted), {
    status: 206,
    headers: { ...headers, ...partHeaders(wanted, sizeBytes) },
  });
}

/**
 * The picture that a slicer put into a print file, where it is a PNG.
 * @throws {AppError} not_found
 */
export async function thumbnail(scope: Scope, id: string): Promise<Response> {
  const file = await findFile(scope, id);
  const name = storedMetadata(file.metadata)?.thumbnail ?? null;
  if (file.state !== FileState.ready || name === null) throw notFound("picture");
  const source = objectSource(currentStorage(), { key: keyOf(file), sizeBytes: Number(file.sizeBytes) });
  const bytes = await readThumbnail(source, name);
  if (bytes === null || (await sniff(bytesSource(bytes))) !== "image/png") throw notFound("picture");
  const headers = { ...ALWAYS, "content-type": "image/png", "cache-control": CACHING.picture };
  return new Response(new Uint8Array(bytes), { headers });
}

type Headers = Readonly<Record<string, string>>;

async function whole(request: Request, file: File, headers: Headers): Promise<Response> {
  const sizeBytes = Number(file.sizeBytes);
  const body = request.method === "HEAD" ? null : await bodyOf(file, { offset: 0, length: sizeBytes });
  return new Response(body, { headers: { ...headers, "content-length": String(sizeBytes) } });
}

async function bodyOf(file: File, range: ByteRange): Promise<ReadableStream> {
  const body = await currentStorage().get(keyOf(file), range).catch(storageFailed);
  return body ?? storageFailed(new Error("A file that is ready isn't in the bucket"));
}

function headersOf(file: File): Headers {
  const isPicture = file.kind === FileKind.picture;
  return {
    "content-type": file.contentType,
    "content-disposition": disposition(isPicture ? "inline" : "attachment", file.name),
    "cache-control": isPicture ? CACHING.picture : CACHING.file,
    "accept-ranges": "bytes",
  };
}

function partHeaders({ offset, length }: ByteRange, sizeBytes: number): Headers {
  return {
    "content-range": `bytes ${offset}-${offset + length - 1}/${sizeBytes}`,
    "content-length": String(length),
  };
}
