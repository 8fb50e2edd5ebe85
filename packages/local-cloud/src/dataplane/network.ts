import { Response, type Request } from "miniflare";

/** A service that stands in for a host on the internet. */
export interface StandIn {
  readonly host: string;
  readonly answer: (request: Request) => Promise<Response>;
}

/**
 * What Workers reach besides this machine: stand-ins for known hosts, and nothing else. A host without a stand-in gets
 * the answer that Cloudflare gives for one that doesn't resolve, and is reported.
 * @see https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1016/
 */
export function createNetwork(
  standIns: readonly StandIn[],
  onBlocked: (request: { readonly method: string; readonly host: string }) => void,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { hostname } = new URL(request.url);
    const standIn = standIns.find(({ host }) => host === hostname);
    if (standIn) return standIn.answer(request);
    onBlocked({ method: request.method, host: hostname });
    return new Response("error code: 1016", { status: 530 });
  };
}
