/** Stands for an error that is in the log already. Its message may go to a client. */
export class ReportedError extends Error {
  constructor(requestId: string) {
    super(`Something failed here. Request ${requestId}`);
    this.name = "ReportedError";
  }
}
