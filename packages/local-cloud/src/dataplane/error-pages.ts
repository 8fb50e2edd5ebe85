import { escapeHtml } from "../http/html.ts";

export interface ErrorPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What metrics say of the invocation that ended with this page. */
  readonly outcome?: InvocationStatus;
}

/**
 * How an invocation ended, as metrics name it. A Worker that answers with status 500 itself is a success.
 * @see https://developers.cloudflare.com/workers/observability/metrics-and-analytics/#invocation-statuses
 */
export type InvocationStatus =
  "success" | "clientDisconnected" | "scriptThrewException" | "exceededResources" | "internalError";

/**
 * The page that the edge shows instead of a Worker's answer.
 * @see https://developers.cloudflare.com/workers/observability/errors/#error-pages-generated-by-workers
 */
function errorPage(error: {
  readonly status: number;
  readonly code: number;
  readonly title: string;
  readonly detail: string;
  readonly ray: string;
}): ErrorPage {
  const { status, code, title, detail, ray } = error;
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
    headers: { "content-type": "text/html; charset=UTF-8", "cache-control": "no-store" },
    body,
  };
}

/** The Worker threw. */
export function workerThrew(ray: string): ErrorPage {
  const detail =
    "The Worker threw an exception that it did not catch. Its log has the details: wrangler tail.";
  const page = errorPage({ status: 500, code: 1101, title: "Worker threw exception", detail, ray });
  return { ...page, outcome: "scriptThrewException" };
}

/** No version could be reached. */
export function workerUnreachable(ray: string): ErrorPage {
  const detail = "The Worker's process could not be reached.";
  const page = errorPage({ status: 503, code: 1105, title: "Temporarily unavailable", detail, ray });
  return { ...page, outcome: "internalError" };
}

export function unknownHost(hostname: string, ray: string): ErrorPage {
  const detail = `No Worker answers on ${hostname}: it is no custom domain of this account, and no Worker with its subdomain enabled has that name.`;
  return errorPage({ status: 404, code: 1042, title: "Nothing is here", detail, ray });
}

export function notDeployed(worker: string, ray: string): ErrorPage {
  return errorPage({
    status: 404,
    code: 1042,
    title: "Nothing is here yet",
    detail: `${worker} has no deployment.`,
    ray,
  });
}
