import { AppError } from "../../app-error.ts";
import type { Scope } from "../../scope.ts";
import { storePart } from "../parts.ts";
import { jsonAnswer } from "./answer.ts";

/** Whoever sends parts this quickly sends 5 GB a minute. */
export const PARTS = { what: "file part", max: 600, windowSeconds: 60 };

/** The checksum of a part, in hexadecimal digits. */
const CHECKSUM_HEADER = "x-content-sha256";

/**
 * PUT of a part: its content as the body, its length and its checksum as headers.
 * @throws {AppError} invalid, and what `storePart` throws
 */
export async function takePart(
  scope: Scope,
  request: Request,
  { id, number }: { readonly id: string; readonly number: string },
): Promise<Response> {
  const sha256 = request.headers.get(CHECKSUM_HEADER) ?? "";
  const length = request.headers.get("content-length") ?? "";
  if (!/^[0-9a-f]{64}$/u.test(sha256))
    throw invalid(`Tell the part’s checksum in the header ${CHECKSUM_HEADER}.`);
  if (!/^\d{1,15}$/u.test(length) || request.body === null) throw invalid("Tell how long the part is.");
  if (!/^[1-9]\d{0,4}$/u.test(number)) throw invalid("Parts are numbered from 1.");
  await storePart(scope, {
    fileId: id,
    number: Number(number),
    content: request.body,
    sizeBytes: Number(length),
    sha256,
  });
  return jsonAnswer({ number: Number(number) });
}

function invalid(message: string): AppError {
  return new AppError({ code: "invalid", message });
}
