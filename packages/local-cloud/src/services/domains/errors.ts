import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://developers.cloudflare.com/workers/configuration/routing/custom-domains/ */
export function hostnameTaken(hostname: string, owner: string): Refusal {
  return refusal(409, 100_116, `Hostname '${hostname}' is already in use by the Worker '${owner}'.`);
}

export function domainNotFound(id: string): Refusal {
  return refusal(404, 100_114, `No custom domain has the id ${id}.`);
}
