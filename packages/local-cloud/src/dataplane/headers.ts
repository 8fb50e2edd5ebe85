import type { IncomingMessage } from "node:http";

/** Headers that the runtime reads as orders from its own host; a client must not give any. */
const RUNTIME_ORDERS =
  /^(?:mf-|cf-(?:connecting-ip|ray|visitor|ipcountry|worker)$|x-forwarded-|x-real-ip$|proxy-)/u;

/** Headers about one connection only. @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "proxy-connection",
]);

/** The facts about a connection that a Worker finds in `request.cf`. @see https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties */
const CF_PROPERTIES = {
  asn: 0,
  asOrganization: "Local cloud",
  city: "Localhost",
  colo: "LOC",
  continent: "EU",
  country: "XX",
  latitude: "0.00000",
  longitude: "0.00000",
  timezone: "UTC",
  tlsVersion: "",
  tlsCipher: "",
  clientAcceptEncoding: "",
};

/** The request's headers as the Worker gets them, in the flat name, value, … form that keeps repeated ones apart. */
export function forwardedHeaders(request: IncomingMessage, ray: string): string[] {
  const isUpgrade = request.headers.upgrade !== undefined;
  const headers = filtered(
    request.rawHeaders,
    (name) => !RUNTIME_ORDERS.test(name) && (isUpgrade || !isHopByHop(name)),
  );
  const address = request.socket.remoteAddress ?? "127.0.0.1";
  const cf = { ...CF_PROPERTIES, httpProtocol: `HTTP/${request.httpVersion}` };
  const added: Readonly<Record<string, string>> = {
    "cf-connecting-ip": address,
    "cf-ray": `${ray}-${CF_PROPERTIES.colo}`,
    "cf-visitor": '{"scheme":"http"}',
    "cf-ipcountry": CF_PROPERTIES.country,
    "x-forwarded-for": address,
    "x-forwarded-proto": "http",
    "mf-cf-blob": JSON.stringify(cf),
  };
  headers.push(...Object.entries(added).flat());
  return headers;
}

/** The answer's headers as the client gets them. */
export function returnedHeaders(rawHeaders: readonly string[], ray: string): string[] {
  const headers = filtered(rawHeaders, (name) => !isHopByHop(name) && name !== "server");
  return [...headers, "cf-ray", `${ray}-${CF_PROPERTIES.colo}`, "server", "cloudflare"];
}

/** As `returnedHeaders`, for an answer that switches protocols and so is about its connection. */
export function switchingHeaders(rawHeaders: readonly string[], ray: string): string[] {
  return [...rawHeaders, "cf-ray", `${ray}-${CF_PROPERTIES.colo}`];
}

function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name);
}

function filtered(rawHeaders: readonly string[], keep: (lowerCaseName: string) => boolean): string[] {
  const headers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (keep(name.toLowerCase())) headers.push(name, rawHeaders[index + 1] ?? "");
  }
  return headers;
}
