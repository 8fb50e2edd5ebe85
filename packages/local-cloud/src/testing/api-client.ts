import type { Ready } from "../ready-file.ts";
import { fetchText } from "./fetch-text.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly success: boolean;
  readonly result: unknown;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  readonly result_info?: Readonly<Record<string, unknown>>;
}

/**
 * One call of the API, such as `GET /r2/buckets`. The path begins after the account, or is the whole path of an own route
 * when it starts with `/__`.
 */
export async function api(ready: Ready, call: string, body?: FormData | Blob | object): Promise<ApiAnswer> {
  const [method = "GET", path = ""] = call.split(" ");
  const base = path.startsWith("/__")
    ? new URL(ready.apiBaseUrl).origin
    : `${ready.apiBaseUrl}/accounts/${ready.accountId}`;
  const raw = body === undefined || body instanceof FormData || body instanceof Blob;
  const { status, text } = await fetchText(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${ready.apiToken}` },
    ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
  });
  return { status, ...(JSON.parse(text) as Omit<ApiAnswer, "status">) };
}

/** The form of an upload with one module; `metadata` adds bindings and the like. */
export function uploadForm(source: string, metadata: object = {}): FormData {
  const form = new FormData();
  const all = { main_module: "index.mjs", compatibility_date: "2026-10-01", ...metadata };
  form.set("metadata", JSON.stringify(all));
  form.set("index.mjs", new File([source], "index.mjs", { type: "application/javascript+module" }));
  return form;
}
