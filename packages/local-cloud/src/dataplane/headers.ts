import type { TLSSocket } from "node:tls";
import type { AssetEtags } from "./assets-folder.ts";
import type { Exchange } from "./exchange.ts";

/** Headers that the runtime or the edge sets; a client must not give any. */
const EDGE_HEADERS =
  /^(?::|mf-|cf-(?:connecting-ip|ray|visitor|ipcountry|worker|ew-via)$|x-forwarded-|x-real-ip$|proxy-|cdn-loop$|host$)/u;

/** Headers about one connection only. @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "proxy-connection",
  "http2-settings",
]);

/** The data centre that answers, as `cf-ray` and `request.cf.colo` name it. */
export const COLO = "LOC";
const COUNTRY = "XX";

/** The facts about a client that a Worker finds in `request.cf`. @see https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties */
const CF_PROPERTIES = {
  asn: 0,
  asOrganization: "Local cloud",
  city: "Localhost",
  colo: COLO,
  continent: "EU",
  country: COUNTRY,
  isEUCountry: "1",
  latitude: "0.00000",
  longitude: "0.00000",
  postalCode: "00000",
  region: "Local",
  regionCode: "LOC",
  timezone: "UTC",
  clientTcpRtt: 1,
  edgeRequestKeepAliveStatus: 1,
};

/** The request's headers as the Worker gets them, in the flat name, value, … form that keeps repeated ones apart. */
export function forwardedHeaders(exchange: Exchange): string[] {
  const { request, ray, host, scheme } = exchange;
  const isUpgrade = request.headers.upgrade !== undefined;
  const headers = filtered(
    request.rawHeaders,
    (name) => !EDGE_HEADERS.test(name) && (isUpgrade || !HOP_BY_HOP.has(name)),
  );
  const address = request.socket.remoteAddress ?? "127.0.0.1";
  headers.push(
    ...["host", host],
    ...["cf-connecting-ip", address],
    ...["cf-ray", `${ray}-${COLO}`],
    ...["cf-visitor", JSON.stringify({ scheme })],
    ...["cf-ipcountry", COUNTRY],
    ...["cdn-loop", "cloudflare; loops=1"],
    ...["x-forwarded-for", address],
    ...["x-forwarded-proto", scheme],
    ...["x-real-ip", address],
    ...["mf-cf-blob", JSON.stringify(cfProperties(exchange))],
  );
  return headers;
}

function cfProperties({ request }: Exchange): Readonly<Record<string, unknown>> {
  const socket = request.socket as Partial<TLSSocket>;
  return {
    ...CF_PROPERTIES,
    clientAcceptEncoding: request.headers["accept-encoding"] ?? "",
    httpProtocol: request.httpVersionMajor >= 2 ? "HTTP/2" : `HTTP/${request.httpVersion}`,
    requestPriority: "",
    tlsVersion: socket.getProtocol?.() ?? "",
    tlsCipher: socket.getCipher?.().standardName ?? "",
  };
}

/** The answer's headers as the client gets them. */
export function returnedHeaders(rawHeaders: readonly string[], ray: string): string[] {
  const headers = filtered(rawHeaders, (name) => !HOP_BY_HOP.has(name) && name !== "server");
  return [...headers, "cf-ray", `${ray}-${COLO}`, "server", "cloudflare"];
}

const ETAG = /^(?:W\/)?"(?<tag>[0-9a-f]{32})"$/u;

/**
 * An asset's answer with the ETag of its content in place of the runtime's: a 304 without a body where the client has
 * that content. Other answers stay as they are.
 */
export function withContentEtag(
  { request }: Exchange,
  answer: { readonly status: number; readonly rawHeaders: readonly string[] },
  etags: AssetEtags,
): { status: number; rawHeaders: readonly string[] } {
  const { status, rawHeaders } = answer;
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === "etag");
  const hash = at === -1 ? undefined : etags.get(ETAG.exec(rawHeaders[at + 1] ?? "")?.groups?.["tag"] ?? "");
  if (hash === undefined) return answer;
  const etag = `"${hash}"`;
  const replaced = rawHeaders.with(at + 1, etag);
  const known = request.headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//u, ""));
  if (status !== 200 || known?.includes(etag) !== true) return { status, rawHeaders: replaced };
  return { status: 304, rawHeaders: filtered(replaced, (name) => !name.startsWith("content-")) };
}

/** As `returnedHeaders`, for the answer to an upgrade. One that switches protocols is about its connection. */
export function switchingHeaders(
  rawHeaders: readonly string[],
  ray: string,
  { isSwitch }: { readonly isSwitch: boolean },
): string[] {
  return isSwitch ? [...rawHeaders, "cf-ray", `${ray}-${COLO}`] : returnedHeaders(rawHeaders, ray);
}

function filtered(rawHeaders: readonly string[], keep: (lowerCaseName: string) => boolean): string[] {
  const headers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (keep(name.toLowerCase())) headers.push(name, rawHeaders[index + 1] ?? "");
  }
  return headers;
}
