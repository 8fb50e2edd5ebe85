import type { RawReply } from "../../http/reply.ts";

/**
 * A refusal of the management API: thrown by a handler, written as `{"message"}`.
 * @see https://github.com/xataio/xata services/projects/api: the types of errors there have these statuses and sentences
 */
export class ManagementRefusal extends Error {
  override readonly name = "ManagementRefusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** As ErrorInvalidParam there: the console of Xata parses this very form. */
export function invalidParameter(
  where: { readonly project?: string; readonly branch?: string },
  parameter: string,
  message: string,
): ManagementRefusal {
  const project = where.project === undefined ? "" : `Project [${where.project}]: `;
  const branch = where.branch === undefined ? "" : `Branch [${where.branch}]: `;
  return new ManagementRefusal(400, `${project}${branch}invalid parameter [${parameter}]: ${message}`);
}

export function branchNotFound(id: string): ManagementRefusal {
  return new ManagementRefusal(404, `Branch with ID [${id}]: not found`);
}

export function projectNotFound(id: string): ManagementRefusal {
  return new ManagementRefusal(404, `Project with ID [${id}]: not found`);
}

export function backupNotFound(id: string): ManagementRefusal {
  return new ManagementRefusal(404, `Backup with ID [${id}]: not found`);
}

export function credentialsNotFound(branchId: string, username: string): ManagementRefusal {
  return new ManagementRefusal(
    404,
    `Credentials for username [${username}] on branch with ID [${branchId}]: not found`,
  );
}

export function parentUnhealthy(id: string): ManagementRefusal {
  return new ManagementRefusal(
    412,
    `Cannot create child branch because parent branch with ID [${id}] is not healthy`,
  );
}

export function unauthorized(): ManagementRefusal {
  return new ManagementRefusal(401, "Unauthorized");
}

/** Also for an organization that there is none of: the real API tells neither from the other. */
export function noAccess(organizationId: string): ManagementRefusal {
  return new ManagementRefusal(401, `no access to organization [${organizationId}]`);
}

export function json(status: number, body: unknown): RawReply {
  const headers = { "content-type": "application/json" };
  return { kind: "raw", status, headers, body: JSON.stringify(body) };
}

export function noContent(): RawReply {
  return { kind: "raw", status: 204, headers: {}, body: "" };
}
