import { AppError } from "../app-error.ts";
import { centigrams, gramsOf, shareOf, sumGrams } from "../stock/grams.ts";
import type { Need } from "../stock/outlook.ts";
import { planTakes, type StockedSpool, type Take, takeOff } from "../stock/take.ts";
import type { JobState } from "./states.ts";

export interface FinishRequest {
  readonly outcome: "completed" | "failed";
  /** How much was printed. */
  readonly percentage: number;
  /** What a person says was taken; by suggestion otherwise. */
  readonly takes?: readonly { readonly spoolId: string; readonly grams: number }[] | undefined;
  readonly short: "refuse" | "use_what_is_there";
}

export interface FinishScene {
  readonly job: { readonly state: JobState; readonly needs: readonly Need[] };
  /** All that may be taken from, of the filaments that the job needs. */
  readonly spools: readonly StockedSpool[];
  /** What people call a filament. */
  readonly nameOf: (filamentId: string) => string;
}

export type FinishDecision =
  | { readonly kind: "already" }
  | {
      readonly kind: "finish";
      readonly takes: readonly Take[];
      /** Grams by filament, for each that the job needs. */
      readonly used: ReadonlyMap<string, number>;
    };

/**
 * What is taken off which spool when a job ends. Asked again for the same end, nothing is.
 * @throws {AppError} conflict: it has ended otherwise, or there is less than is to be taken; invalid: a spool that isn't the job's
 */
export function decideFinish(scene: FinishScene, request: FinishRequest): FinishDecision {
  const { state } = scene.job;
  if (state === request.outcome) return { kind: "already" };
  if (state !== "queued" && state !== "printing") throw hasEnded(state);

  const takes = request.takes === undefined ? suggested(scene, request) : chosen(scene, request.takes);
  return { kind: "finish", takes, used: usedOf(scene, takes) };
}

function suggested(scene: FinishScene, { percentage, short }: FinishRequest): readonly Take[] {
  const plans = scene.job.needs.map(({ filamentId, neededGrams }) => {
    const grams = shareOf(neededGrams, percentage);
    const spools = scene.spools.filter((spool) => spool.filamentId === filamentId);
    return { filamentId, grams, ...planTakes(grams, spools) };
  });
  const lacking = plans.filter(({ missingGrams }) => missingGrams > 0);
  if (lacking.length > 0 && short === "refuse") {
    const sentences = lacking.map(({ filamentId, grams, missingGrams }) => {
      const left = gramsOf(centigrams(grams) - centigrams(missingGrams));
      return `${scene.nameOf(filamentId)}: ${grams} g needed, ${left} g left.`;
    });
    throw tooLittle(sentences.join(" "));
  }
  return plans.flatMap(({ takes }) => takes);
}

function chosen(scene: FinishScene, takes: NonNullable<FinishRequest["takes"]>): readonly Take[] {
  const byId = new Map(scene.spools.map((spool) => [spool.id, spool]));
  return [...Map.groupBy(takes, ({ spoolId }) => spoolId)].flatMap(([spoolId, parts]) => {
    const spool = byId.get(spoolId);
    if (spool === undefined) throw foreignSpool();
    const grams = sumGrams(parts.map((part) => part.grams));
    if (grams > spool.remainingGrams)
      throw tooLittle(
        `${scene.nameOf(spool.filamentId)}: ${grams} g to be taken off a spool that holds ${spool.remainingGrams} g.`,
      );
    return grams === 0 ? [] : [takeOff(spool, grams)];
  });
}

function usedOf({ job, spools }: FinishScene, takes: readonly Take[]): ReadonlyMap<string, number> {
  const filamentOf = new Map(spools.map(({ id, filamentId }) => [id, filamentId]));
  return new Map(
    job.needs.map(({ filamentId }) => {
      const own = takes.filter(({ spoolId }) => filamentOf.get(spoolId) === filamentId);
      return [filamentId, sumGrams(own.map(({ grams }) => grams))];
    }),
  );
}

function hasEnded(state: JobState): AppError {
  return new AppError({
    code: "conflict",
    message: `This job is ${state} already.`,
    hint: "Nothing was taken off any spool now.",
  });
}

function tooLittle(message: string): AppError {
  return new AppError({
    code: "conflict",
    message,
    hint: "Say what was really used, weigh the spools, or record what was there.",
  });
}

function foreignSpool(): AppError {
  return new AppError({
    code: "invalid",
    message: "A spool was chosen that isn’t there any more, or not of a filament that this job needs.",
    hint: "Choose among the job’s spools, or change the job’s filaments first.",
  });
}
