import { Response, type Request } from "miniflare";
import { emailSchema, type ResendBackend } from "./backend.ts";

/** The host that mail is sent through, as a Worker addresses it. */
export const RESEND_HOST = "api.resend.com";

/** Answers a Worker's request to Resend's API. @see https://resend.com/docs/api-reference/errors */
export async function answerResend(backend: ResendBackend, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const key = /^Bearer (re_\w+)$/u.exec(request.headers.get("authorization") ?? "")?.[1];
  if (request.headers.get("authorization") === null)
    return problem(401, "missing_api_key", "Missing API key in the authorization header.");
  if (key === undefined) return problem(403, "invalid_api_key", "API key is invalid.");
  if (request.method === "POST" && pathname === "/emails") return send(backend, request);
  if (request.method === "GET" && pathname === "/domains") return Response.json({ object: "list", data: [] });
  const email = request.method === "GET" ? /^\/emails\/([\w-]+)$/u.exec(pathname)?.[1] : undefined;
  const found = backend.inbox().find(({ id }) => id === email);
  if (found) return Response.json({ object: "email", last_event: "delivered", ...found });
  return problem(404, "not_found", "The requested endpoint does not exist.");
}

async function send(backend: ResendBackend, request: Request): Promise<Response> {
  const parsed = emailSchema.safeParse(await request.json().catch(() => undefined));
  if (parsed.success) return Response.json({ id: backend.send(parsed.data).id });
  const issue = parsed.error.issues[0];
  return problem(
    422,
    "validation_error",
    `\`${issue?.path.join(".") ?? "body"}\`: ${issue?.message ?? "invalid"}`,
  );
}

function problem(statusCode: number, name: string, message: string): Response {
  return Response.json({ statusCode, name, message }, { status: statusCode });
}
