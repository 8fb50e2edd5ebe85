import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://developers.cloudflare.com/workers/configuration/routing/custom-domains/ */
export function hostnameTaken(hostname: string, owner: string): Refusal {
  return refusal(409, 100_116, `Hostname '${hostname}' is already in use by the Worker '${owner}'.`);
}

export function domainNotFound(id: string): Refusal {
  return refusal(404, 100_114, `No custom domain has the id ${id}.`);
}

/** @see https://developers.cloudflare.com/workers/configuration/routing/custom-domains/ */
export function hostnameInvalid(hostname: string): Refusal {
  return refusal(
    400,
    100_117,
    `${JSON.stringify(hostname)} is not a host name that a custom domain can have.`,
  );
}
