import type { RawReply } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route, RouteDoc } from "../../http/routes.ts";
import { inboxPage } from "./inbox-page.ts";
import { answerResend, type ResendParts } from "./server.ts";

/**
 * Resend's API for programs that aren't Workers, below `/resend`, as RESEND_BASE_URL takes it; and the inbox. Workers reach
 * the same API at its own host.
 */
export function resendRoutes(resend: ResendParts): readonly Route[] {
  const handle = async (request: ApiRequest): Promise<RawReply> => {
    const { method, url, headers } = request;
    const body = (await request.bytes()).toString("utf8");
    const path = url.pathname.slice("/resend".length);
    return { kind: "raw", ...answerResend(resend, { method, path, headers, body }) };
  };
  const route = (method: Route["method"], path: string, doc: RouteDoc): Route => {
    return { method, path: `/resend${path}`, scope: "none", handle, doc };
  };
  return [
    inboxRoute("/inbox", "the inbox as a page", ({ url }) => {
      const recipient = url.searchParams.get("to") ?? "";
      return page(inboxPage(resend.backend.inbox(recipient), recipient));
    }),
    inboxRoute("/inbox.json", "the inbox as JSON", ({ url }) => {
      return json(resend.backend.inbox(url.searchParams.get("to") ?? ""));
    }),
    route("POST", "/emails", {
      service: "Resend",
      summary: "keeps an email; nothing is sent",
      source: "https://resend.com/docs/api-reference/emails/send-email",
      fields: {
        ...EMAIL_FIELDS,
        attachments: "approximated: contents only, a `path` is refused",
        "header: idempotency-key": "approximated: 24 hours; two requests at once never meet",
      },
    }),
    route("POST", "/emails/batch", {
      service: "Resend",
      summary: "keeps up to 100 emails, all or none",
      source: "https://resend.com/docs/api-reference/emails/send-batch-emails",
      fields: {
        ...EMAIL_FIELDS,
        attachments: "refused: as Resend does",
        "header: x-batch-validation": "supported",
        "header: idempotency-key": "supported",
      },
    }),
    route("GET", "/emails/:id", {
      service: "Resend",
      summary: "an email and what became of it",
      source: "https://resend.com/docs/api-reference/emails/retrieve-email",
      fields: { "→ last_event": "approximated: final at once, from Resend's test addresses" },
    }),
    route("GET", "/domains", {
      service: "Resend",
      summary: "lists domains",
      coverage: "approximated: always empty, and mail from any domain is taken",
      source: "https://resend.com/docs/api-reference/domains/list-domains",
    }),
    ...(["GET", "POST"] as const).map((method) =>
      route(method, "/webhooks", {
        service: "Resend",
        summary: method === "GET" ? "lists webhooks" : "adds a webhook; its messages are signed, and retried",
        source: "https://resend.com/docs/api-reference/webhooks/create-webhook",
        fields: {
          endpoint: "approximated: only hosts of this machine and of its Workers are reached, in HTTP",
          events: "approximated: those of sending, delivery, bounces, complaints and suppression",
        },
      }),
    ),
    ...(["GET", "DELETE"] as const).map((method) =>
      route(method, "/webhooks/:id", {
        service: "Resend",
        summary: method === "GET" ? "a webhook with its signing secret" : "removes a webhook",
        source: "https://resend.com/docs/api-reference/webhooks/get-webhook",
      }),
    ),
    // Anything else is refused as Resend refuses it.
    ...(["GET", "POST", "PUT", "PATCH", "DELETE"] as const).map((method) =>
      route(method, "/*rest", {
        service: "Resend",
        summary: "anything else",
        coverage: "refused: 404 not_found or 405 method_not_allowed",
      }),
    ),
  ];
}

const EMAIL_FIELDS = {
  "from, to, subject, html, text, cc, bcc, reply_to, headers, tags": "supported",
  "scheduled_at, template, topic_id": "refused: 422 validation_error, by name",
} as const;

function inboxRoute(path: string, summary: string, handle: Route["handle"]): Route {
  return { method: "GET", path, scope: "none", doc: { service: "The local cloud's own", summary }, handle };
}

/** Nothing of a mail runs, loads or submits: frames inherit the policy. */
function page(body: string): RawReply {
  const headers = {
    "content-type": "text/html; charset=UTF-8",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'",
  };
  return { kind: "raw", status: 200, headers, body };
}

function json(value: unknown): RawReply {
  const headers = { "content-type": "application/json; charset=UTF-8" };
  return { kind: "raw", status: 200, headers, body: JSON.stringify(value) };
}
