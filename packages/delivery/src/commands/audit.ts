import { readGitChain } from "../adapters/git-ledger.ts";
import { targetOf, type Context } from "../context.ts";
import { auditLedger, type Audit } from "../ledger/audit.ts";

/** Compares an environment's ledger with itself and with what the platform's deployments say of it. */
export async function audit(context: Context, name: string): Promise<Audit> {
  const { worker } = targetOf(context, name);
  const [chain, deployments = []] = await Promise.all([
    readGitChain(context.settings, name),
    context.platform.deployments(worker.workerName),
  ]);
  return auditLedger(name, chain, deployments);
}

export function presentAudit({ environment, entries, anchors, findings, foreign }: Audit): string {
  const found = findings.length === 0 ? "whole" : `${findings.length} differences`;
  return [
    `${environment}: ${entries} entries, ${anchors} of the platform's deployments name them: ${found}`,
    ...findings.map((sentence) => `  DIFFERENCE  ${sentence}`),
    ...foreign.map((sentence) => `  foreign     ${sentence}`),
    "",
  ].join("\n");
}
