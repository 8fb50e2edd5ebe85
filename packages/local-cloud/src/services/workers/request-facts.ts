import type { ApiRequest } from "../../http/request.ts";
import type { Source, UploadOptions } from "./version-maker.ts";

/** The path's Worker. */
export function workerOf(request: ApiRequest): string {
  return request.params["worker"] ?? "";
}

/** Cloudflare tells its own tools from other clients by their user agent. */
export function sourceOf(request: ApiRequest): Source {
  return request.headers.get("user-agent")?.startsWith("wrangler/") ? "wrangler" : "api";
}

/** @see the official SDK's `VersionCreateParams.bindings_inherit` */
export function uploadOptionsOf(request: ApiRequest): UploadOptions {
  return {
    source: sourceOf(request),
    isStrict: request.url.searchParams.get("bindings_inherit") === "strict",
  };
}
