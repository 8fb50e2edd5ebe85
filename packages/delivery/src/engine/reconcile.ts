import type { Context, Target } from "../context.ts";
import { parseAnchor } from "../ledger/anchor.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { Deployment } from "../ports.ts";

/**
 * Records a rollback that was done while the ledger could not be reached: its deployment says so. Does nothing where what
 * serves is what was decided.
 */
export async function recordUnrecorded(
  context: Context,
  target: Target,
  { ledger, newest }: { readonly ledger: LedgerSession; readonly newest: Deployment | undefined },
): Promise<void> {
  const { current, proven } = ledger.state();
  const [share, ...others] = newest?.versions ?? [];
  if (newest === undefined || share === undefined || others.length > 0) return;
  if (current === undefined || share.versionId === current.versionId) return;
  const anchor = parseAnchor(newest.message);
  const release = proven.findLast(({ releaseId }) => releaseId === anchor?.releaseId);
  if (anchor?.step !== "rollback" || release === undefined) return;
  const { versionId } = share;
  const { etag } = await context.platform.version(target.worker.workerName, versionId);
  // Other bytes under a proven release's name are drift, whatever the message says.
  if (etag !== release.etag) return;
  context.reporter.say(
    `${target.name}: recording the rollback to ${anchor.releaseId}, done without the ledger`,
  );
  ledger.record({
    rolloutId: anchor.rolloutId,
    type: "rolled_back",
    releaseId: anchor.releaseId,
    versionId,
    etag,
    archiveSha256: release.archiveSha256,
    deploymentId: newest.id,
    percentages: { [versionId]: 100 },
    reason: "it was done while the ledger could not be reached",
  });
  await ledger.flush();
}
