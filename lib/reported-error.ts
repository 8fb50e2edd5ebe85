import { TRPCClientError } from "@trpc/client";
import type { ApiRouter } from "./routers/index.ts";

/** Stands for an error that is in the log already. Its message may go to a client. */
export class ReportedError extends Error {
  constructor(requestId: string) {
    super(`Something failed here. Request ${requestId}`);
    this.name = "ReportedError";
  }
}

/** Whether the log has an error already: one of these, or a call of the API that failed there, where it was written down. */
export function isReported(error: unknown): boolean {
  return error instanceof ReportedError || (error instanceof TRPCClientError && isInternal(error));
}

function isInternal({ data }: TRPCClientError<ApiRouter>): boolean {
  return data?.code === "INTERNAL_SERVER_ERROR";
}
