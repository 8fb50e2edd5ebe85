import { signedIn } from "./auth.ts";
import { attachment, fileName, NAME_LIMIT } from "./file-name.ts";
import { requestContext } from "./request-context.ts";
import { fileKey, listFiles, openFile, type StoredFile, uploadFile } from "./storage.ts";

/** One request's body; larger files come with multipart uploads. */
const FILE_SIZE_LIMIT_BYTES = 25 * 1024 * 1024;

const NO_STORE = { "cache-control": "no-store" };

/** A stored file as clients see it. */
interface FileAnswer extends StoredFile {
  readonly url: string;
}

/** GET /api/files: the signed-in user's files, newest first. */
export async function answerFileList(request: Request): Promise<Response> {
  const user = await signedIn(request);
  if (user === null) return refusal(401, "unauthorized", "Please sign in.");
  const files = await listFiles(requestContext().env(), user.id);
  return Response.json({ files: files.map(withUrl) }, { headers: NO_STORE });
}

/** POST /api/files?name=NAME: stores the body as it comes. Nothing is read into memory. */
export async function answerUpload(request: Request): Promise<Response> {
  const user = await signedIn(request);
  if (user === null) return refusal(401, "unauthorized", "Please sign in.");

  const name = fileName(new URL(request.url).searchParams.get("name"));
  if (name === null) return refusal(400, "bad_name", `Name the file, in ${NAME_LIMIT} characters at most.`);
  const sizeBytes = contentLength(request);
  if (sizeBytes === null || request.body === null)
    return refusal(411, "no_length", "Say how long the file is.");
  if (sizeBytes > FILE_SIZE_LIMIT_BYTES) return refusal(413, "too_large", "A file may have 25 MiB at most.");
  if (sizeBytes === 0) return refusal(400, "empty", "The file is empty.");

  const { body } = request;
  const key = fileKey(user.id, crypto.randomUUID());
  if (key === null) throw new Error("A new file has no key");
  const type = request.headers.get("content-type") ?? "";
  const stored = await uploadFile(requestContext().env(), key, { name, type, stream: () => body });
  const answer = withUrl(stored);
  return Response.json(answer, { status: 201, headers: { ...NO_STORE, location: answer.url } });
}

/** GET /api/files/ID: the file, byte for byte, always as a download: a stored page never runs as ours. */
export async function answerDownload(request: Request, id: string): Promise<Response> {
  const user = await signedIn(request);
  if (user === null) return refusal(401, "unauthorized", "Please sign in.");
  const key = fileKey(user.id, id);
  const opened = key === null ? null : await openFile(requestContext().env(), key);
  if (opened === null) return refusal(404, "not_found", "There is no such file of yours.");

  const { file, body } = opened;
  return new Response(body, {
    headers: {
      "content-type": file.contentType,
      "content-length": String(file.sizeBytes),
      "content-disposition": attachment(file.name),
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": "private, no-cache",
      etag: file.etag,
    },
  });
}

function withUrl(file: StoredFile): FileAnswer {
  return { ...file, url: `/api/files/${file.id}` };
}

function contentLength(request: Request): number | null {
  const text = request.headers.get("content-length") ?? "";
  return /^\d{1,15}$/u.test(text) ? Number(text) : null;
}

function refusal(status: number, code: string, message: string): Response {
  const { requestId } = requestContext();
  return Response.json({ error: { code, message, requestId } }, { status, headers: NO_STORE });
}
