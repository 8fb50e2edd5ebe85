import { refusal, type Refusal } from "../../http/refusal.ts";

/** Unverified. */
export function tailNotFound(id: string): Refusal {
  return refusal(404, 10_057, `No tail has the id ${id}.`);
}

export function invalidJson(): Refusal {
  return refusal(400, 10_001, "Could not parse the request body as JSON.");
}
