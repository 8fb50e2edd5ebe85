import { RELEASE_HEADER, VERSION_HEADER } from "health-contract";
import { DATA_POLICY, pagePolicy } from "./content-policy.ts";
import { errorPage } from "./error-page.ts";
import type { RequestContext } from "./request-context.ts";

/** Answers every request gets, whatever produced it. */
const ALWAYS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "strict-origin-when-cross-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
};

/** What an answer may say more strictly itself. */
const OVERRIDABLE = new Set(["referrer-policy"]);

const HTTPS_FOR_A_YEAR = "max-age=31536000; includeSubDomains";

export type AnswerScene = Pick<
  RequestContext,
  "request" | "requestId" | "nonce" | "deployment" | "answerHeaders"
>;

/** A copy of an answer with the headers that all of them carry. Depends on the request's scheme, never on NODE_ENV. */
export function finishAnswer(answer: Response, scene: AnswerScene): Response {
  const finished = new Response(answer.body, answer);
  const own = Object.entries(headersFor(scene)).filter(
    ([name]) => !OVERRIDABLE.has(name) || !answer.headers.has(name),
  );
  for (const [name, value] of own) finished.headers.set(name, value);
  for (const [name, value] of scene.answerHeaders) finished.headers.append(name, value);
  if (!finished.headers.has("cache-control")) finished.headers.set("cache-control", cachingOf(finished));
  if (!finished.headers.has("content-security-policy"))
    finished.headers.set("content-security-policy", isPage(finished) ? pagePolicy(scene.nonce) : DATA_POLICY);
  return finished;
}

/** The plain answer to an uncaught error: no message and no stack, only the id under which the log tells more. */
export function failedAnswer({ request, requestId, nonce }: AnswerScene): Response {
  const headers = { "cache-control": "no-store" };
  if (wantsPage(request)) {
    return new Response(errorPage(requestId, nonce), {
      status: 500,
      headers: { ...headers, "content-type": "text/html; charset=utf-8" },
    });
  }
  return Response.json(
    { error: { code: "internal", message: "Something failed here.", requestId } },
    { status: 500, headers },
  );
}

/** Whether the client is a browser that asks for a page: it names `text/html`, which the wildcard is not. */
export function wantsPage(request: Request): boolean {
  return (request.headers.get("accept") ?? "").includes("text/html");
}

/** A page names the assets of its own version, so after a release it has to be asked for again. */
function cachingOf(answer: Response): string {
  return isPage(answer) ? "private, no-cache" : "no-store";
}

function isPage({ headers }: Response): boolean {
  return (headers.get("content-type") ?? "").startsWith("text/html");
}

function headersFor({ request, requestId, deployment }: AnswerScene): Readonly<Record<string, string>> {
  return {
    ...ALWAYS,
    [VERSION_HEADER]: deployment.version,
    [RELEASE_HEADER]: deployment.release,
    "x-request-id": requestId,
    ...(request.url.startsWith("https:") ? { "strict-transport-security": HTTPS_FOR_A_YEAR } : {}),
    ...(deployment.environment === "production" ? {} : { "x-robots-tag": "noindex" }),
  };
}
