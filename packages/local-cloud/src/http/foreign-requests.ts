import { isIP } from "node:net";
import type { IncomingHttpHeaders } from "node:http";
import { refusal } from "./refusal.ts";

/**
 * Refuses what a page of another site makes a browser send. A name that isn't this machine's own in the Host header is what
 * DNS rebinding brings along; another site's Origin is a request across sites.
 * @throws {Refusal} 403 with 10403, which is not one of Cloudflare's codes: its API is not on anybody's loopback.
 * @see https://fetch.spec.whatwg.org/#origin-header and https://www.w3.org/TR/fetch-metadata/
 */
export function refuseForeignRequest(headers: IncomingHttpHeaders): void {
  const host = headers.host ?? "";
  if (!isOwnHost(host)) throw foreign(`the Host ${JSON.stringify(host)} is not one of this machine's names`);
  if (headers.origin !== undefined && !isSameOrigin(headers.origin, host))
    throw foreign(`it comes from another site, ${JSON.stringify(headers.origin)}`);
  const crosses = headers["sec-fetch-site"] === "cross-site" || headers["sec-fetch-site"] === "same-site";
  if (crosses && headers["sec-fetch-mode"] !== "navigate") throw foreign("it comes from another site");
}

/** An address can't be rebound, and browsers resolve `localhost` and names below it by themselves. */
function isOwnHost(host: string): boolean {
  const name = host
    .replace(/:\d{1,5}$/u, "")
    .replace(/^\[(?<inner>.*)\]$/u, "$<inner>")
    .toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || isIP(name) !== 0;
}

function isSameOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

function foreign(why: string): Error {
  return refusal(403, 10_403, `The local cloud refuses this request: ${why}.`);
}
