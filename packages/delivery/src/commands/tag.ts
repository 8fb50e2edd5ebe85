import { openGit } from "../adapters/git.ts";
import { targetOf, type Context } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { ProvenRelease } from "../ledger/fold.ts";
import { readLedger } from "../ledger-session.ts";

export interface Tagged {
  readonly tag: string;
  readonly releaseId: string;
  readonly versionId: string;
  readonly commit: string;
}

/**
 * Tags the commit of what an environment has proven last: the tag names the release, its message the version and the
 * digest. It is pushed to the ledger's remote; a tag that is there already stays.
 */
export async function tag(context: Context, environment: string): Promise<Tagged> {
  const target = targetOf(context, environment);
  const { current } = await readLedger(context.ledgers, target.name);
  if (current === undefined) {
    throw new DeliveryError({
      code: "NOT_PROVEN",
      message: `${environment} has proven no release to tag.`,
      hint: `Deliver one first: npx delivery promote ${environment}`,
    });
  }
  const { manifest } = await context.releases.fetch(current.releaseId);
  const name = `${environment}-${current.releaseId}`;
  await pushTag(context, { name, commit: manifest.commit, release: current });
  return { tag: name, releaseId: current.releaseId, versionId: current.versionId, commit: manifest.commit };
}

async function pushTag(
  { settings }: Context,
  {
    name,
    commit,
    release,
  }: { readonly name: string; readonly commit: string; readonly release: ProvenRelease },
): Promise<void> {
  const { remote } = settings.configuration.ledger;
  const { git } = await openGit(settings);
  const listed = await git(["ls-remote", "--quiet", remote, `refs/tags/${name}`]);
  if (listed.exitCode === 0 && listed.stdout.trim() !== "") return;
  const seconds = Math.floor(Date.parse(release.provenAt) / 1000);
  const object = [
    `object ${commit}`,
    "type commit",
    `tag ${name}`,
    `tagger delivery <delivery@localhost> ${seconds} +0000`,
    "",
    `Release ${release.releaseId}`,
    "",
    `Version: ${release.versionId}`,
    `Archive: sha256:${release.archiveSha256}`,
    "",
  ].join("\n");
  const made = await git(["mktag"], { input: object });
  const pushed = await git(["push", "--quiet", remote, `${made.stdout.trim()}:refs/tags/${name}`]);
  if (made.exitCode === 0 && pushed.exitCode === 0) return;
  throw new DeliveryError({
    code: "LEDGER_UNAVAILABLE",
    message: `The tag ${name} could not be pushed: ${(made.stderr || pushed.stderr).trim().split("\n").at(-1) ?? ""}`,
    hint: "May this user push tags to the remote, and has the clone the release's commit?",
    retryable: true,
  });
}
