import type { ReleaseManifest } from "../release/manifest.ts";
import type { AppliedMigration } from "../ports.ts";

export type MigrationPlan =
  | { readonly kind: "apply"; readonly names: readonly string[] }
  | { readonly kind: "refused"; readonly message: string; readonly hint: string };

/**
 * Which migrations of a release a database lacks. Refuses what can't be right: a migration that was edited after it was
 * applied, one that the database has and the release lacks, one out of order, and one that takes something away from
 * the release that still serves.
 */
export function planMigrations(
  wanted: ReleaseManifest["migrations"],
  applied: readonly AppliedMigration[],
  options: { readonly allowContract: boolean },
): MigrationPlan {
  const finished = applied.filter((migration) => migration.finished);
  const byName = new Map(wanted.map((migration) => [migration.name, migration]));
  const foreign = finished.find(({ name }) => !byName.has(name));
  if (foreign) {
    return refused(
      `The database has the migration ${foreign.name}, which this release lacks.`,
      "A migration that is applied anywhere shared is never taken back. Rebase onto the commit that brought it.",
    );
  }
  const edited = finished.find(({ name, sha256 }) => byName.get(name)?.sha256 !== sha256);
  if (edited) {
    return refused(
      `The migration ${edited.name} was edited after it was applied.`,
      "Put its file back as it was, and make the change in a new migration.",
    );
  }
  const names = new Set(finished.map(({ name }) => name));
  const pending = wanted.filter(({ name }) => !names.has(name));
  const last = wanted.findLastIndex(({ name }) => names.has(name));
  const late = wanted.slice(0, last + 1).find(({ name }) => !names.has(name));
  if (late)
    return refused(
      `The migration ${late.name} comes before one that is already applied.`,
      "Give it a later name.",
    );
  const contract =
    finished.length > 0 && !options.allowContract
      ? pending.find(({ phase }) => phase === "contract")
      : undefined;
  if (contract) {
    return refused(
      `The migration ${contract.name} takes something away that the release which serves may use.`,
      "First deliver a release that does without it, then this one with --allow-contract REASON.",
    );
  }
  return { kind: "apply", names: pending.map(({ name }) => name) };
}

function refused(message: string, hint: string): MigrationPlan {
  return { kind: "refused", message, hint };
}
