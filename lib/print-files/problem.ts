export type PrintFileProblem =
  /** None of the kinds that FM5 keeps. */
  | "unsupported"
  /** It ends before it should. */
  | "truncated"
  /** It breaks the rules of its format. */
  | "malformed"
  /** It is made to do harm, or looks like it. */
  | "hostile";

/** Why a print file can't be kept. Its message is a sentence for the file's owner and quotes nothing of the file. */
export class PrintFileError extends Error {
  readonly code: PrintFileProblem;

  constructor(code: PrintFileProblem, message: string) {
    super(message);
    this.name = "PrintFileError";
    this.code = code;
  }
}
