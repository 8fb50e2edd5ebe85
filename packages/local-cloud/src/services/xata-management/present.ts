import type { BranchDocument, BranchRecord, ProjectRecord } from "../xata/branch-store.ts";

/** The one region that there is, and what its branches consist of. */
export const REGION = "local";
export const IMAGE = { name: "postgresql:18", majorVersion: "18", fullVersion: "18.4" } as const;
export const INSTANCE_TYPE = "local";

/** Shapes as `@xata.io/api` 0.1.10 types them. */
export function presentOrganization(document: BranchDocument) {
  const createdAt = document.projects[0]?.createdAt ?? new Date(0).toISOString();
  return {
    id: document.organizationId,
    name: "Local cloud",
    status: {
      status: "enabled",
      disabled_by_admin: false,
      billing_status: "ok",
      usage_tier: "t1",
      last_updated: createdAt,
    },
  };
}

export function presentProject({ id, name, createdAt, updatedAt, scaleToZero }: ProjectRecord) {
  return {
    id,
    name,
    createdAt,
    updatedAt,
    configuration: { scaleToZero, ipFiltering: { enabled: false, cidr: [] } },
  };
}

function presentCommon(branch: BranchRecord) {
  const { id, name, description, createdAt, updatedAt, parentId } = branch;
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    createdAt,
    updatedAt,
    parentID: parentId,
    region: REGION,
    publicAccess: true,
  };
}

export function presentListed(branch: BranchRecord) {
  return { ...presentCommon(branch), backupsEnabled: true };
}

export function presentShort(branch: BranchRecord, connectionString: string | null) {
  return { ...presentCommon(branch), connectionString };
}

/** The health of a cluster, in the words of CloudNativePG, which runs the real ones. */
type Health = "healthy" | "hibernated" | "down";

const STATUSES = {
  healthy: { status: "Cluster in healthy state", statusType: "STATUS_TYPE_HEALTHY", ready: 1 },
  hibernated: { status: "Cluster is hibernated", statusType: "STATUS_TYPE_HIBERNATED", ready: 0 },
  down: {
    status: "Cluster is unrecoverable and needs manual intervention",
    statusType: "STATUS_TYPE_FAULT",
    ready: 0,
  },
} as const;

export function presentWhole(
  branch: BranchRecord,
  { health, connectionString }: { readonly health: Health; readonly connectionString: string | null },
) {
  const { status, statusType, ready } = STATUSES[health];
  const instance = { id: instanceOf(branch.id), status, primary: true, targetPrimary: true };
  return {
    ...presentCommon(branch),
    status: { status, statusType, instanceCount: 1, instanceReadyCount: ready, instances: [instance] },
    connectionString,
    backupsEnabled: true,
    scaleToZero: branch.scaleToZero,
    configuration: { region: REGION, instanceType: INSTANCE_TYPE, image: IMAGE.name, replicas: 0 },
    backupConfiguration: { retentionPeriod: branch.retentionDays },
  };
}

/** The name of a branch's only instance. */
export function instanceOf(branchId: string): string {
  return `${branchId}-1`;
}

export function presentBackup(
  branchId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
  return {
    id: branchId,
    branchID: branchId,
    earliestRestore: new Date(fromMs).toISOString(),
    latestRestore: new Date(toMs).toISOString(),
    description: `Continuous backup for branch ${branchId}`,
  };
}
