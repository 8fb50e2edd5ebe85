import { requestContext } from "./request-context.ts";

const READING = ["GET", "HEAD", "OPTIONS"];
/** What a browser says of a request that our own page makes, or that a person makes by hand. */
const OWN_SITES = ["same-origin", "none"];

/**
 * The refusal of a write that another site's page makes a browser send; null when the request may go on. The one fence for
 * the API, server functions and forms; cookies are `SameSite=Lax` besides. Whoever sends neither header is no browser,
 * and carries no cookie that isn't its own.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#fetch-metadata-headers
 */
export function refuseForeignWrite(request: Request): Response | null {
  if (READING.includes(request.method) || isOwn(request)) return null;
  const { requestId } = requestContext();
  const error = { code: "foreign_origin", message: "This request comes from another site.", requestId };
  return Response.json({ error }, { status: 403, headers: { "cache-control": "no-store" } });
}

function isOwn({ headers, url }: Request): boolean {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  return (origin === null || origin === new URL(url).origin) && (site === null || OWN_SITES.includes(site));
}
