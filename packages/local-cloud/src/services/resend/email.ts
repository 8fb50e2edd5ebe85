import * as z from "zod";
import { Problem } from "./problems.ts";

const attachment = z.object({
  filename: z.string().min(1).optional(),
  /** Base64. */
  content: z.string().optional(),
  content_type: z.string().optional(),
  content_id: z.string().optional(),
});

/** An email as it is kept: one address per entry. */
export interface Email {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string | null;
  readonly text: string | null;
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly reply_to: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: readonly { readonly name: string; readonly value: string }[];
  readonly attachments: readonly z.infer<typeof attachment>[];
}

const ADDRESS = /^(?:[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+|[^<>]*<[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>)$/u;
const MOST_RECIPIENTS = 50;
const TAG = /^[\w-]{1,256}$/u;
/** What Resend does with these, the local cloud doesn't: they are refused by name. */
const NOT_SUPPORTED = ["scheduled_at", "template", "topic_id", "react"];
/** In the order in which they are looked for. */
const REQUIRED = ["from", "to", "subject"];

/**
 * Reads one email, and refuses it field by field.
 * @throws {Problem} missing_required_field, validation_error, invalid_attachment
 * @see https://resend.com/docs/api-reference/emails/send-email
 */
export function parseEmail(value: unknown): Email {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Problem("validation_error", "The request body must be an object.");
  const body = value as Readonly<Record<string, unknown>>;
  for (const field of REQUIRED) {
    if (body[field] === undefined || body[field] === null)
      throw new Problem("missing_required_field", `Missing \`${field}\` field.`);
  }
  for (const field of NOT_SUPPORTED) {
    if (body[field] !== undefined)
      throw new Problem("validation_error", `The local cloud doesn't support the \`${field}\` field.`);
  }
  if (body["html"] === undefined && body["text"] === undefined)
    throw new Problem("missing_required_field", "Missing `html` or `text` field.");
  return {
    from: fromOf(body["from"]),
    to: addressesOf(body, "to", 1),
    subject: stringOf(body, "subject") ?? "",
    html: stringOf(body, "html"),
    text: stringOf(body, "text"),
    cc: addressesOf(body, "cc", 0),
    bcc: addressesOf(body, "bcc", 0),
    reply_to: addressesOf(body, "reply_to", 0),
    headers: fieldOf(body["headers"], z.record(z.string(), z.string()), "headers") ?? {},
    tags: tagsOf(body),
    attachments: attachmentsOf(body),
  };
}

/** The address alone: `Name <a@example.com>` → `a@example.com`, in lower case. */
export function bareAddress(address: string): string {
  return (/<(?<inner>[^>]+)>\s*$/u.exec(address)?.groups?.["inner"] ?? address).trim().toLowerCase();
}

function fromOf(value: unknown): string {
  if (typeof value === "string" && ADDRESS.test(value)) return value;
  throw invalidAddress("from");
}

function invalidAddress(field: string): Problem {
  return new Problem(
    "validation_error",
    `Invalid \`${field}\` field. The email address needs to follow the \`email@example.com\` or \`Name <email@example.com>\` format.`,
  );
}

function addressesOf(
  body: Readonly<Record<string, unknown>>,
  field: string,
  least: number,
): readonly string[] {
  const value = body[field] ?? [];
  const addresses = [value].flat();
  if (!addresses.every((address) => typeof address === "string")) {
    throw new Problem(
      "validation_error",
      `The \`${field}\` field must be a \`string\` or an array of strings.`,
    );
  }
  if (addresses.length < least) throw new Problem("missing_required_field", `Missing \`${field}\` field.`);
  if (addresses.length > MOST_RECIPIENTS)
    throw new Problem(
      "validation_error",
      `The \`${field}\` field takes at most ${MOST_RECIPIENTS} addresses.`,
    );
  if (!addresses.every((address) => ADDRESS.test(address))) throw invalidAddress(field);
  return addresses;
}

function stringOf(body: Readonly<Record<string, unknown>>, field: string): string | null {
  const value = body[field];
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  throw new Problem("validation_error", `The \`${field}\` field must be a \`string\`.`);
}

function tagsOf(body: Readonly<Record<string, unknown>>): Email["tags"] {
  const tags = z.array(z.object({ name: z.string(), value: z.string() }));
  const parsed = fieldOf(body["tags"], tags, "tags") ?? [];
  if (!parsed.every(({ name, value }) => TAG.test(name) && TAG.test(value)))
    throw new Problem(
      "validation_error",
      "Tags should only contain ASCII letters, numbers, underscores, or dashes.",
    );
  return parsed;
}

/** A `path` would have to be fetched from another host, which nothing here does. */
function attachmentsOf(body: Readonly<Record<string, unknown>>): Email["attachments"] {
  const attachments = fieldOf(body["attachments"], z.array(attachment), "attachments") ?? [];
  if (attachments.some(({ content }) => content === undefined))
    throw new Problem(
      "invalid_attachment",
      "Attachment must have a `content`: the local cloud doesn't support `path`.",
    );
  return attachments;
}

function fieldOf<T>(value: unknown, schema: z.ZodType<T>, field: string): T | undefined {
  if (value === undefined || value === null) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problem = field === "attachments" ? "invalid_attachment" : "validation_error";
  throw new Problem(problem, `Invalid \`${field}\` field: ${parsed.error.issues[0]?.message ?? "invalid"}.`);
}
