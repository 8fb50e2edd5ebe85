import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://github.com/alchemy-run/distilled/blob/main/packages/cloudflare/src/services/workers.ts: `HostnameAlreadyInUse` */
export function hostnameTaken(hostname: string, owner: string): Refusal {
  return refusal(409, 100_116, `Hostname '${hostname}' is already in use by the Worker '${owner}'.`);
}

/** @see https://github.com/alchemy-run/distilled/blob/main/packages/cloudflare/src/services/workers.ts: `DomainNotFound` */
export function domainNotFound(id: string): Refusal {
  return refusal(404, 100_114, `No custom domain has the id ${id}.`);
}

/** Unverified: no zone has such a host, so the code is that of a zone that there isn't. */
export function hostnameInvalid(hostname: string): Refusal {
  return refusal(400, 7003, `${JSON.stringify(hostname)} is not a host name that a custom domain can have.`);
}
