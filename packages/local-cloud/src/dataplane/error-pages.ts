import { escapeHtml } from "../http/html.ts";
import type { InvocationStatus } from "./exchange.ts";

export interface ErrorPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What metrics say of the invocation that ended with this page. */
  readonly outcome?: InvocationStatus;
}

/**
 * What the edge answers instead of a Worker: a page for whoever accepts HTML, otherwise Cloudflare's bare line
 * `error code: NNNN`.
 * @see https://developers.cloudflare.com/workers/observability/errors/#error-pages-generated-by-workers
 */
export type EdgeError = (client: { readonly ray: string; readonly accept: string }) => ErrorPage;

function edgeError(error: {
  readonly status: number;
  readonly code: number;
  readonly title: string;
  readonly detail: string;
  readonly outcome?: InvocationStatus;
}): EdgeError {
  const { status, code, title, detail, outcome = "success" } = error;
  return ({ ray, accept }) => {
    const isHtml = accept.includes("text/html");
    const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Error ${code}: ${escapeHtml(title)}</title></head>
<body style="font-family:system-ui;max-width:42rem;margin:4rem auto;padding:0 1rem">
<h1>Error ${code}</h1>
<p><strong>${escapeHtml(title)}</strong></p>
<p>${escapeHtml(detail)}</p>
<p><small>Ray ID: ${escapeHtml(ray)} · local cloud</small></p>
</body>
</html>
`;
    return {
      status,
      headers: {
        "content-type": `text/${isHtml ? "html" : "plain"}; charset=UTF-8`,
        "cache-control": "private, max-age=0, no-store, no-cache, must-revalidate",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "same-origin",
      },
      outcome,
      body: isHtml ? body : `error code: ${code}`,
    };
  };
}

/** The Worker threw. */
export const WORKER_THREW = edgeError({
  status: 500,
  code: 1101,
  title: "Worker threw exception",
  detail: "The Worker threw an exception that it did not catch. Its log has the details: wrangler tail.",
  outcome: "scriptThrewException",
});

/** The Worker took more CPU time or memory than it may. */
export const EXCEEDED_LIMITS = edgeError({
  status: 503,
  code: 1102,
  title: "Worker exceeded resource limits",
  detail: "The Worker took more CPU time or memory than it may, and was stopped.",
  outcome: "exceededResources",
});

/** No version could be reached: Cloudflare's "failed to route the request to the Worker". */
export const WORKER_UNREACHABLE = edgeError({
  status: 503,
  code: 1022,
  title: "Temporarily unavailable",
  detail: "The Worker's process could not be reached.",
  outcome: "internalError",
});

export function unknownHost(hostname: string): EdgeError {
  return edgeError({
    status: 404,
    code: 1042,
    title: "Nothing is here",
    detail: `No Worker answers on ${hostname}: it is no custom domain of this account, and no Worker with its subdomain enabled has that name.`,
  });
}

export function notDeployed(worker: string): EdgeError {
  return edgeError({
    status: 404,
    code: 1042,
    title: "Nothing is here yet",
    detail: `${worker} has no deployment.`,
  });
}
