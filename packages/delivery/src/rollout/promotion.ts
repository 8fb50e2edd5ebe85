import type { Exceptions } from "../ledger/entry.ts";
import type { EnvironmentState, ProvenRelease } from "../ledger/fold.ts";

/** Which release an environment is to take, or why none. */
export type Promotion =
  | {
      readonly kind: "take";
      /** Undefined stands for the checked-out commit's, which is only taken when the glass was broken. */
      readonly releaseId: string | undefined;
      /** The digest that was proven; undefined when the glass was broken. */
      readonly archiveSha256: string | undefined;
    }
  | Refused;

interface Refused {
  readonly kind: "refused";
  readonly code: "NOT_PROVEN" | "OLDER";
  readonly message: string;
  readonly hint: string;
}

export interface PromotionRequest {
  readonly environment: string;
  readonly provenBy: string;
  /** Undefined stands for what `provenBy` serves. */
  readonly releaseId: string | undefined;
  /** Of the environment that proves. */
  readonly source: Pick<EnvironmentState, "current" | "proven">;
  /** What the environment itself should serve. */
  readonly current: ProvenRelease | undefined;
  readonly exceptions: Exceptions;
}

/**
 * An environment takes what the one before it has proven and not left, and nothing older than what it serves. How old the
 * checked-out commit's release is, is known when it is built: `refusedAsOlder` then decides.
 */
export function decidePromotion(request: PromotionRequest): Promotion {
  const { releaseId, source, exceptions } = request;
  const found =
    releaseId === undefined
      ? source.current
      : source.proven.findLast((each) => each.releaseId === releaseId && !each.abandoned);
  const broken = exceptions.breakGlass !== undefined;
  if (found === undefined && !broken) return notProven(request);
  const chosen = broken ? releaseId : found?.releaseId;
  const taken = {
    kind: "take",
    releaseId: chosen,
    archiveSha256: broken ? undefined : found?.archiveSha256,
  } as const;
  return (chosen === undefined ? undefined : refusedAsOlder(request, chosen)) ?? taken;
}

/** The refusal of a release that is older than what the environment serves; undefined where it is none, or that is meant. */
export function refusedAsOlder(
  { environment, provenBy, current, exceptions }: PromotionRequest,
  releaseId: string,
): Refused | undefined {
  if (exceptions.older !== undefined || !isOlder(releaseId, current?.releaseId)) return undefined;
  return {
    kind: "refused",
    code: "OLDER",
    message: `${releaseId} is older than what ${environment} serves (${current?.releaseId ?? ""}).`,
    hint: `If that is meant: --older REASON. To leave a bad release: npx delivery rollback ${environment}. What ${provenBy} has proven: npx delivery history ${provenBy}`,
  };
}

function notProven({ environment, provenBy, releaseId }: PromotionRequest): Refused {
  return {
    kind: "refused",
    code: "NOT_PROVEN",
    message:
      releaseId === undefined
        ? `${provenBy} has proven no release yet.`
        : `${provenBy} has not proven ${releaseId}.`,
    hint: `Deliver it there first: npx delivery deploy ${provenBy}${releaseId === undefined ? "" : ` --release ${releaseId}`}. A hotfix that can't wait: npx delivery promote ${environment} --break-glass REASON`,
  };
}

/** By the time of their commits, which ids begin with; others can't be told apart in age. */
function isOlder(releaseId: string, than: string | undefined): boolean {
  const [own, other] = [timeOf(releaseId), timeOf(than ?? "")];
  return own !== undefined && other !== undefined && own < other;
}

function timeOf(releaseId: string): string | undefined {
  return /^r-(?<time>\d{8}T\d{6}Z)-/u.exec(releaseId)?.groups?.["time"];
}

/**
 * Why an environment serves what the one before it had not proven, as long as that is so: it is closed when that environment
 * proves the same bytes, or another release takes the place.
 */
export function openBreakGlass(
  current: ProvenRelease | undefined,
  source: Pick<EnvironmentState, "proven"> | undefined,
): string | undefined {
  const reason = current?.exceptions.breakGlass;
  const proven = source?.proven.some(
    ({ archiveSha256, abandoned }) => !abandoned && archiveSha256 === current?.archiveSha256,
  );
  return proven === true ? undefined : reason;
}
