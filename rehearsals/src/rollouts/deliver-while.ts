import type { Finished } from "../run.ts";
import type { Stage } from "./stage.ts";
import type { Moment } from "./wire.ts";

/** Delivers while something happens at an exact moment. */
export function deliverWhile(
  stage: Stage,
  when: Moment["when"],
  { is, act }: Pick<Moment, "is" | "act">,
): Promise<Finished> {
  stage.theatre.wire.once({ when, is, act });
  return stage.delivery();
}

/** Throws where something that a scenario relies on did not go well. */
export function expectDone({ exitCode, stderr }: Finished): void {
  if (exitCode !== 0) throw new Error(`a command ended with ${exitCode}: ${stderr}`);
}
