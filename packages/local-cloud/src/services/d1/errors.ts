import { refusal, type Refusal } from "../../http/refusal.ts";

/** wrangler: `D1Handler.isConnectedToExistingResource` takes 7404. */
export function databaseNotFound(id: string): Refusal {
  return refusal(404, 7404, `The database ${id} could not be found`);
}

/** wrangler: `createD1Database` takes 7502. */
export function databaseNameTaken(): Refusal {
  return refusal(400, 7502, "Database with name already exists");
}

/** What SQLite says. @see https://developers.cloudflare.com/d1/observability/debug-d1/ for the texts */
export function statementRefused(message: string): Refusal {
  return refusal(400, 7500, message.replace(/^D1_ERROR: /u, ""));
}

/** @see https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/query/ */
export function requestInvalid(message: string): Refusal {
  return refusal(400, 7400, message);
}
