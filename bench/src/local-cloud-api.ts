import { createHash } from "node:crypto";

/** A local cloud's API, called as a client would. */
export interface ApiClient {
  readonly baseUrl: string;
  readonly token: string;
}

/** One call; `path` begins after the account. @throws when it is refused. */
export async function call(
  { baseUrl, token }: ApiClient,
  request: string,
  body?: FormData | object,
): Promise<unknown> {
  const [method = "GET", path = ""] = request.split(" ");
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
  const { success, result, errors } = (await response.json()) as {
    success: boolean;
    result: unknown;
    errors: unknown;
  };
  if (!success) throw new Error(`${request}: ${JSON.stringify(errors)}`);
  return result;
}

/** A version of a Worker with one module. */
export function moduleForm(source: string, metadata: object = {}): FormData {
  const form = new FormData();
  const all = { main_module: "index.mjs", compatibility_date: "2026-10-01", ...metadata };
  form.set("metadata", JSON.stringify(all));
  form.set("index.mjs", new File([source], "index.mjs", { type: "application/javascript+module" }));
  return form;
}

/** Uploads `count` small files for a Worker; returns the token that a version's metadata names. */
export async function uploadAssets(api: ApiClient, worker: string, count: number): Promise<string> {
  const files = Array.from({ length: count }, (_, index) => {
    const content = `asset ${index}`;
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 32);
    return { path: `/assets/${index % 100}/${index}.txt`, content, hash };
  });
  const manifest = Object.fromEntries(
    files.map(({ path, hash, content }) => [path, { hash, size: content.length }]),
  );
  const session = `POST /workers/scripts/${worker}/assets-upload-session`;
  const { jwt, buckets } = (await call(api, session, { manifest })) as { jwt: string; buckets: string[][] };
  const contents = new Map(files.map(({ hash, content }) => [hash, content]));
  let completed = jwt;
  for (const bucket of buckets) {
    const form = new FormData();
    for (const hash of bucket) form.set(hash, new File([btoa(contents.get(hash) ?? "")], hash));
    const answer = await call({ ...api, token: jwt }, "POST /workers/assets/upload?base64=true", form);
    completed = (answer as { jwt?: string }).jwt ?? completed;
  }
  return completed;
}
