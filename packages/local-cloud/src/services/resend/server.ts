import { parseEmail, type Email } from "./email.ts";
import { Problem } from "./problems.ts";
import type { ResendRate } from "./rate.ts";
import type { ResendBackend, StoredEmail } from "./backend.ts";
import { webhookSchema, type Webhook, type Webhooks } from "./webhooks.ts";

/** The host that mail is sent through, as a Worker addresses it. */
export const RESEND_HOST = "api.resend.com";

export interface ResendParts {
  readonly backend: ResendBackend;
  readonly webhooks: Webhooks;
  /** Undefined: no limit. */
  readonly rate: ResendRate | undefined;
}

export interface ResendRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
}

export interface ResendAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Handler = (parts: ResendParts, request: ResendRequest, id: string) => unknown;

interface Endpoint {
  readonly method: string;
  readonly path: RegExp;
  readonly handle: Handler;
}

const BATCH_LIMIT = 100;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** @see https://resend.com/docs/api-reference/introduction */
const ENDPOINTS: readonly Endpoint[] = [
  { method: "POST", path: /^\/emails$/u, handle: send },
  { method: "POST", path: /^\/emails\/batch$/u, handle: sendBatch },
  { method: "GET", path: /^\/emails\/(?<id>[^/]+)$/u, handle: getEmail },
  { method: "GET", path: /^\/domains$/u, handle: () => ({ object: "list", has_more: false, data: [] }) },
  { method: "POST", path: /^\/webhooks$/u, handle: createWebhook },
  { method: "GET", path: /^\/webhooks$/u, handle: listWebhooks },
  { method: "GET", path: /^\/webhooks\/(?<id>[^/]+)$/u, handle: getWebhook },
  { method: "DELETE", path: /^\/webhooks\/(?<id>[^/]+)$/u, handle: removeWebhook },
];

/** Answers a request to Resend's API. @see https://resend.com/docs/api-reference/errors */
export function answerResend(parts: ResendParts, request: ResendRequest): ResendAnswer {
  const counted = parts.rate?.count();
  const headers = { "content-type": "application/json; charset=utf-8", ...counted?.headers };
  try {
    authorize(request);
    if (counted?.exceeded === true)
      throw new Problem(
        "rate_limit_exceeded",
        `Too many requests. You can only make ${counted.headers["ratelimit-limit"]} requests per second. See rate limit response headers for more information. Or contact support to increase rate limit.`,
      );
    return { status: 200, headers, body: JSON.stringify(dispatch(parts, request)) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: error.status, headers, body: JSON.stringify(error.body()) };
  }
}

function authorize({ headers }: ResendRequest): void {
  const authorization = headers.get("authorization");
  if (authorization === null)
    throw new Problem("missing_api_key", "Missing API key in the authorization header.");
  if (!/^Bearer re_\w+$/u.test(authorization)) throw new Problem("invalid_api_key", "API key is invalid.");
}

function dispatch(parts: ResendParts, request: ResendRequest): unknown {
  const here = ENDPOINTS.filter(({ path }) => path.test(request.path));
  const endpoint = here.find(({ method }) => method === request.method);
  if (endpoint)
    return endpoint.handle(parts, request, endpoint.path.exec(request.path)?.groups?.["id"] ?? "");
  throw here.length > 0
    ? new Problem("method_not_allowed", "Method is not allowed for the requested path.")
    : new Problem("not_found", "The requested endpoint does not exist.");
}

function send({ backend }: ResendParts, request: ResendRequest): unknown {
  const email = parseEmail(json(request));
  return once(backend, request, () => ({ id: backend.send([email])[0]?.id }));
}

/** @see https://resend.com/docs/api-reference/emails/send-batch-emails */
function sendBatch({ backend }: ResendParts, request: ResendRequest): unknown {
  const items = json(request);
  if (!Array.isArray(items)) throw new Problem("validation_error", "The request body must be an array.");
  if (items.length === 0 || items.length > BATCH_LIMIT)
    throw new Problem("validation_error", `A batch takes from 1 to ${BATCH_LIMIT} emails.`);
  const isPermissive = request.headers.get("x-batch-validation") === "permissive";
  const errors: { index: number; message: string }[] = [];
  const emails = items.flatMap((item, index) => {
    try {
      return [batched(parseEmail(item))];
    } catch (error) {
      if (!isPermissive || !(error instanceof Problem)) throw error;
      errors.push({ index, message: error.message });
      return [];
    }
  });
  return once(backend, request, () => {
    const data = backend.send(emails).map(({ id }) => ({ id }));
    return isPermissive ? { data, errors } : { data };
  });
}

function batched(email: Email): Email {
  if (email.attachments.length === 0) return email;
  throw new Problem("validation_error", "The `attachments` field is not supported in a batch.");
}

function once(backend: ResendBackend, request: ResendRequest, work: () => unknown): unknown {
  const { method, path, headers, body } = request;
  return backend.once(headers.get("idempotency-key"), `${method} ${path} ${body}`, work);
}

function getEmail({ backend }: ResendParts, _: ResendRequest, id: string): unknown {
  const email = backend.find(uuid(id));
  if (email === undefined) throw new Problem("not_found", "Email not found");
  return presented(email);
}

/** @see https://resend.com/docs/api-reference/emails/retrieve-email */
function presented({ headers: _headers, attachments: _attachments, ...email }: StoredEmail): unknown {
  return { object: "email", ...email, scheduled_at: null };
}

function createWebhook({ webhooks }: ResendParts, request: ResendRequest): unknown {
  const parsed = webhookSchema.safeParse(json(request));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Problem("validation_error", `Invalid \`${issue?.path.join(".")}\` field: ${issue?.message}.`);
  }
  const { id, signing_secret } = webhooks.create(parsed.data);
  return { object: "webhook", id, signing_secret };
}

function listWebhooks({ webhooks }: ResendParts): unknown {
  const data = webhooks.list().map(({ signing_secret: _secret, ...webhook }) => webhook);
  return { object: "list", has_more: false, data };
}

function getWebhook({ webhooks }: ResendParts, _: ResendRequest, id: string): unknown {
  const webhook: Webhook | undefined = webhooks.list().find((each) => each.id === uuid(id));
  if (webhook === undefined) throw new Problem("not_found", "Webhook endpoint not found");
  return { object: "webhook", ...webhook };
}

function removeWebhook({ webhooks }: ResendParts, _: ResendRequest, id: string): unknown {
  if (!webhooks.remove(uuid(id))) throw new Problem("not_found", "Webhook endpoint not found");
  return { object: "webhook", id, deleted: true };
}

function uuid(id: string): string {
  if (UUID.test(id)) return id;
  throw new Problem("validation_error", "The `id` must be a valid UUID.");
}

function json({ body }: ResendRequest): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Problem("validation_error", "The request body is not valid JSON.", 400);
  }
}
