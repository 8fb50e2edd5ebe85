import type { PrismaClient } from "../generated/prisma/client.ts";
import { AppError } from "./app-error.ts";
import type { SignedIn } from "./auth.ts";

/** On whose behalf a service works, and with what. */
export interface Scope {
  readonly user: SignedIn;
  readonly database: PrismaClient;
  readonly requestId: string;
}

/** To be spread into the `where` and `data` of every query: the one place that decides whose things are seen. */
export function owned(scope: Scope): { readonly ownerId: string } {
  return { ownerId: scope.user.id };
}

/**
 * The refusal for what isn't there or is another's: nobody learns which.
 * @param what as a person calls it: "filament", "print job"
 */
export function notFound(what: string): AppError {
  return new AppError({ code: "not_found", message: `There is no such ${what} of yours.` });
}
