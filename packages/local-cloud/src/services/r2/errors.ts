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

/** wrangler passes on whatever a person typed as `--jurisdiction`. */
export function jurisdictionInvalid(): Refusal {
  return refusal(400, 10_001, "The jurisdiction must be one of default, eu and fedramp.");
}

/** @see https://developers.cloudflare.com/r2/platform/limits/: a key has at most 1,024 bytes */
export function keyTooLong(): Refusal {
  return refusal(400, 10_012, "The specified key is too long.");
}

/** @see https://developers.cloudflare.com/r2/buckets/storage-classes/ */
export function storageClassInvalid(): Refusal {
  return refusal(400, 10_062, "The storage class must be Standard or InfrequentAccess.");
}
