import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://developers.cloudflare.com/r2/api/error-codes/ */
export function bucketNotFound(): Refusal {
  return refusal(404, 10_006, "The specified bucket does not exist.");
}

export function bucketExists(): Refusal {
  return refusal(409, 10_004, "The bucket you tried to create already exists, and you own it.");
}

export function bucketNotEmpty(): Refusal {
  return refusal(409, 10_008, "The bucket you tried to delete is not empty.");
}

export function bucketNameInvalid(): Refusal {
  return refusal(400, 10_005, "The specified bucket name is not valid.");
}

export function objectNotFound(): Refusal {
  return refusal(404, 10_007, "The specified key does not exist.");
}
