import { AwsClient } from "aws4fetch";
import { elementsNamed, parseXml, type XmlElement } from "../print-files/xml.ts";
import { copyTo } from "./blocks.ts";
import type { FileStorage, ObjectPage, Sending } from "./file-storage.ts";

export interface S3Settings {
  /** URL of a service that speaks S3's protocol, with a path to each bucket: http://127.0.0.1:9000 for MinIO. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface S3Request {
  readonly method: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Answers that are no failure, besides those below 300. */
  readonly accepted?: readonly number[];
}

type Ask = (request: S3Request) => Promise<Response>;

const NOT_FOUND = 404;

/**
 * A bucket by S3's protocol, for development with MinIO. What is stored is held in memory on the way, a part at a time, so
 * that its checksum can be signed.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function s3Storage(settings: S3Settings): FileStorage {
  const ask = askerFor(settings);
  return {
    put: async ({ key, contentType, ...sending }) => {
      await ask({ method: "PUT", key, headers: { "content-type": contentType }, body: await allOf(sending) });
    },
    get: async (key, range) => {
      const headers =
        range === undefined ? {} : { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
      const answer = await ask({ method: "GET", key, headers, accepted: [NOT_FOUND] });
      if (answer.status !== NOT_FOUND) return answer.body;
      await answer.body?.cancel();
      return null;
    },
    head: async (key) => {
      const answer = await ask({ method: "HEAD", key, accepted: [NOT_FOUND] });
      if (answer.status === NOT_FOUND) return null;
      return { key, sizeBytes: Number(answer.headers.get("content-length")) };
    },
    list: async ({ prefix, limit, cursor = "" }) => {
      const query = { "max-keys": String(limit), prefix, marker: cursor };
      return pageIn(await xmlOf(await ask({ method: "GET", query })));
    },
    delete: async (keys) => {
      for (const key of keys) await ask({ method: "DELETE", key, accepted: [NOT_FOUND] });
    },
    createUpload: async ({ key, contentType }) => {
      const headers = { "content-type": contentType };
      const answer = await ask({ method: "POST", key, query: { uploads: "" }, headers });
      return textIn(await xmlOf(answer), "UploadId");
    },
    putPart: async ({ key, uploadId, number, ...sending }) => {
      const query = { partNumber: String(number), uploadId };
      const answer = await ask({ method: "PUT", key, query, body: await allOf(sending) });
      return answer.headers.get("etag") ?? "";
    },
    completeUpload: async ({ key, uploadId, parts }) => {
      const list = parts.map(
        ({ number, etag }) =>
          `<Part><PartNumber>${number}</PartNumber><ETag>${etag.replaceAll('"', "&quot;")}</ETag></Part>`,
      );
      const body = new TextEncoder().encode(
        `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`,
      );
      const answer = await xmlOf(await ask({ method: "POST", key, query: { uploadId }, body }));
      // It may fail after it has answered 200.
      if (answer.name === "Error") throw new Error(`S3 completed no upload: ${textIn(answer, "Code")}`);
    },
    abortUpload: async ({ key, uploadId }) => {
      await ask({ method: "DELETE", key, query: { uploadId }, accepted: [NOT_FOUND] });
    },
  };
}

function askerFor({ endpoint, bucket, accessKeyId, secretAccessKey }: S3Settings): Ask {
  // Its retries would send again what isn't safe to repeat. R2 takes this region for its own.
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    service: "s3",
    region: "us-east-1",
    retries: 0,
  });
  return async ({ method, key = "", query = {}, headers = {}, body, accepted = [] }) => {
    const path = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
    const url = `${endpoint.replace(/\/$/u, "")}/${path}?${new URLSearchParams(query)}`;
    const checksum = { "x-amz-content-sha256": await sha256(body ?? new Uint8Array()) };
    const init = { method, headers: { ...headers, ...checksum }, ...(body === undefined ? {} : { body }) };
    const answer = await fetch(await client.sign(url, init));
    if (answer.status < 300 || accepted.includes(answer.status)) return answer;
    await answer.body?.cancel();
    throw new Error(`S3 answered ${answer.status} to ${method}`);
  };
}

async function allOf({ content, copyTo: copy }: Sending): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(
    content instanceof Uint8Array ? content : await new Response(content).arrayBuffer(),
  );
  if (copy !== undefined) await copyTo([copy], bytes);
  return bytes;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
}

async function xmlOf(answer: Response): Promise<XmlElement> {
  return parseXml(await answer.text());
}

/** The first version of lists, which goes on after a key: its successor's tokens can't be made by every service. */
function pageIn(list: XmlElement): ObjectPage {
  const objects = elementsNamed(list, "Contents").map((object) => ({
    key: textIn(object, "Key"),
    sizeBytes: Number(textIn(object, "Size")),
  }));
  return {
    objects,
    nextCursor: textIn(list, "IsTruncated") === "true" ? (objects.at(-1)?.key ?? null) : null,
  };
}

function textIn(element: XmlElement, name: string): string {
  return element.children.find((child) => child.name === name)?.text ?? "";
}
