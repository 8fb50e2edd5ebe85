import { changesBetween, type Change } from "../adapters/git.ts";
import type { Context } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { readLedger } from "../ledger-session.ts";

/** The commits that are in one release and not in another. */
export interface Changelog {
  readonly from: string;
  readonly to: string;
  /** Newest first. */
  readonly changes: readonly Change[];
  /** When the second one is the older: commits that it takes away, newest first. */
  readonly removed: readonly Change[];
}

/**
 * What changes between two releases, `FROM..TO`; or, for the name of an environment, between what it serves and what the
 * environment that proves for it would give it.
 * @throws {DeliveryError} USAGE, RELEASE_UNKNOWN; NO_REPOSITORY when the clone hasn't the commits
 */
export async function changelog(context: Context, range: string): Promise<Changelog> {
  const [from, to] = await endsOf(context, range);
  const { settings, releases } = context;
  const [older, newer] = await Promise.all([releases.fetch(from), releases.fetch(to)]);
  const between = (since: string, until: string) => changesBetween(settings, since, until);
  const [changes, removed] = await Promise.all([
    between(older.manifest.commit, newer.manifest.commit),
    between(newer.manifest.commit, older.manifest.commit),
  ]);
  return { from, to, changes, removed };
}

async function endsOf({ settings, ledgers }: Context, range: string): Promise<readonly [string, string]> {
  const [from = "", to] = range.split("..");
  if (to !== undefined && from !== "" && to !== "") return [from, to];
  const provenBy = Object.hasOwn(settings.configuration.environments, range)
    ? settings.configuration.environments[range]?.provenBy
    : undefined;
  if (provenBy === undefined) {
    throw new DeliveryError({
      code: "USAGE",
      message: `"${range}" is neither two releases (FROM..TO) nor an environment that another one proves releases for.`,
      hint: "Such as: npx delivery changelog production, or npx delivery changelog r-…..r-…",
    });
  }
  const [served, proven] = await Promise.all([readLedger(ledgers, range), readLedger(ledgers, provenBy)]);
  if (served.current !== undefined && proven.current !== undefined)
    return [served.current.releaseId, proven.current.releaseId];
  throw new DeliveryError({
    code: "NOT_PROVEN",
    message: `${served.current === undefined ? range : provenBy} has no release yet to compare with.`,
    hint: `See what there is: npx delivery status`,
  });
}

/** Markdown. */
export function presentChangelog({ from, to, changes, removed }: Changelog): string {
  const lines = (title: string, all: readonly Change[]) =>
    all.length === 0
      ? []
      : ["", title, "", ...all.map(({ commit, subject }) => `- ${subject} (${commit.slice(0, 7)})`)];
  const none = changes.length + removed.length === 0 ? ["", "No commit lies between them."] : [];
  return [
    `## ${from} to ${to}`,
    ...lines("New:", changes),
    ...lines("Taken away:", removed),
    ...none,
    "",
  ].join("\n");
}
