import type { HealthReport } from "health-contract/report";
import { FileState } from "../../generated/prisma/enums.ts";
import { currentHealth } from "../health-check.ts";
import type { Scope } from "../scope.ts";

export interface SystemOverview {
  readonly accounts: number;
  readonly unconfirmedAccounts: number;
  /** Mails that could not be sent, newest first. */
  readonly failedMails: readonly FailedMail[];
  /** Files that should have been looked at long ago. */
  readonly stuckFiles: readonly { readonly id: string; readonly since: Date }[];
  /** Deleted accounts whose files may still be in the bucket. */
  readonly leftovers: readonly {
    readonly ownerId: string;
    readonly since: Date;
    readonly attempts: number;
  }[];
}

interface FailedMail {
  readonly id: string;
  readonly template: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly at: Date;
}

const SHOWN = 20;
/** Files are looked at within seconds; one that waits for longer has lost whoever looked at it. */
const STUCK_MS = 10 * 60 * 1000;

/** What an admin looks for first when something is wrong, in one request to the database. */
export async function systemOverview({ database }: Scope): Promise<SystemOverview> {
  const newest = { orderBy: { createdAt: "desc" }, take: SHOWN } as const;
  const [accounts, unconfirmedAccounts, mails, files, leftovers] = await database.$transaction([
    database.user.count(),
    database.user.count({ where: { emailVerified: false } }),
    database.emailDelivery.findMany({ where: { state: "failed" }, ...newest }),
    database.file.findMany({ where: stuckSince(), ...newest }),
    database.leftover.findMany(newest),
  ]);
  return {
    accounts,
    unconfirmedAccounts,
    failedMails: mails.map(({ id, template, attempts, lastError, createdAt }) => {
      return { id, template, attempts, error: lastError, at: createdAt };
    }),
    stuckFiles: files.map(({ id, updatedAt }) => ({ id, since: updatedAt })),
    leftovers: leftovers.map(({ ownerId, createdAt, attempts }) => ({ ownerId, since: createdAt, attempts })),
  };
}

/** Which files are stuck, as a condition. */
export function stuckSince() {
  return { state: FileState.processing, updatedAt: { lt: new Date(Date.now() - STUCK_MS) } };
}

/** The health report; asking the services takes a moment. */
export function systemHealth(): Promise<HealthReport> {
  return currentHealth();
}
