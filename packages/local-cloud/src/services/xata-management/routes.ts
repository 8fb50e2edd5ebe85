import type { ApiReply } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Coverage, Route, RouteDoc } from "../../http/routes.ts";
import { LocalCloudError, systemErrorCode } from "../../errors.ts";
import type { Management } from "./backend.ts";
import { backupNotFound, json, ManagementRefusal, noContent } from "./errors.ts";
import { branchMetrics } from "./metrics.ts";
import {
  IMAGE,
  INSTANCE_TYPE,
  presentBackup,
  presentListed,
  presentOrganization,
  presentProject,
  presentShort,
  presentWhole,
  REGION,
} from "./present.ts";
import {
  branchChangeSchema,
  metricsSchema,
  newBranchSchema,
  newProjectSchema,
  parseBody,
  projectChangeSchema,
  restoreSchema,
  rotationSchema,
} from "./requests.ts";

/** Where Xata's management API begins on the control plane's port, as `https://api.xata.tech` does. */
export const XATA_API_PREFIX = "/xata";

const ORGANIZATION = "/organizations/:organizationId";
const PROJECT = `${ORGANIZATION}/projects/:projectId`;
const BRANCH = `${PROJECT}/branches/:branchId`;
const SOURCE = "https://xata.io/docs/api-reference";
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export interface XataRouteParts {
  /** Undefined while the local cloud has no database. */
  readonly management: () => Management | undefined;
  readonly onUnknownRoute: (line: string) => void;
  readonly log: (line: string) => void;
}

type Handle = (management: Management, request: ApiRequest) => ApiReply | Promise<ApiReply>;

/** Xata's management API. @see https://xata.io/docs/api-reference and the types of `@xata.io/api` */
export function xataRoutes(parts: XataRouteParts): readonly Route[] {
  const served = [...organizationRoutes(), ...projectRoutes(), ...branchRoutes(), ...backupRoutes()];
  return [
    ...served.map(({ method, path, doc, handle }): Route => ({
      method,
      path: `${XATA_API_PREFIX}${path}`,
      scope: "none",
      doc,
      handle: async (request) => answer(parts, request, handle),
    })),
    ...METHODS.map((method): Route => ({
      method,
      path: `${XATA_API_PREFIX}/*rest`,
      scope: "none",
      doc: { ...documented("all else"), coverage: "refused: 501, and noted as NO SUCH ROUTE" },
      handle: ({ url }) => unknownRoute(parts, `${method} ${url.pathname}`),
    })),
  ];
}

interface ServedRoute {
  readonly method: Route["method"];
  readonly path: string;
  readonly doc: RouteDoc;
  readonly handle: Handle;
}

function documented(summary: string, fields: Readonly<Record<string, Coverage>> = {}): RouteDoc {
  return { service: "Xata: management", summary, source: SOURCE, fields };
}

const ONE_ORGANIZATION = { "→ organizations": "approximated: there is one, and the API key's" } as const;
const CREATED_AT_ONCE = "approximated: ready when the answer comes; a real one is made afterwards";

function organizationRoutes(): readonly ServedRoute[] {
  return [
    {
      method: "GET",
      path: "/organizations",
      doc: documented("list organizations", ONE_ORGANIZATION),
      handle: ({ document }) => json(200, { organizations: [presentOrganization(document)] }),
    },
    {
      method: "GET",
      path: ORGANIZATION,
      doc: documented("read an organization"),
      handle: ({ document }) => json(200, presentOrganization(document)),
    },
    {
      method: "GET",
      path: `${ORGANIZATION}/regions`,
      doc: documented("list regions", { "→ regions": "approximated: one, called local" }),
      handle: () => {
        const region = {
          id: REGION,
          publicAccess: true,
          backupsEnabled: true,
          provider: "aws",
          organizationId: null,
        };
        return json(200, { regions: [region] });
      },
    },
    {
      method: "GET",
      path: `${ORGANIZATION}/images`,
      doc: documented("list PostgreSQL images", { "→ images": "approximated: the one that is installed" }),
      handle: () => json(200, { images: [IMAGE] }),
    },
    {
      method: "GET",
      path: `${ORGANIZATION}/instanceTypes`,
      doc: documented("list instance types", {
        "→ instanceTypes": "approximated: one, this machine, at no cost",
      }),
      handle: () => {
        const cost = { hourlyRate: 0, storageMonthlyRate: 0 };
        return json(200, {
          instanceTypes: [{ name: INSTANCE_TYPE, vcpus: 1000, ram: 1, region: REGION, ...cost }],
        });
      },
    },
  ];
}

const SCALE_TO_ZERO_FIELDS = {
  "configuration.scaleToZero": "supported",
  "configuration.ipFiltering": "refused: the local cloud listens on this machine only",
} as const;

function projectRoutes(): readonly ServedRoute[] {
  return [
    {
      method: "GET",
      path: `${ORGANIZATION}/projects`,
      doc: documented("list projects"),
      handle: ({ document }) => json(200, { projects: document.projects.map(presentProject) }),
    },
    {
      method: "POST",
      path: `${ORGANIZATION}/projects`,
      doc: documented("make a project", { name: "supported", ...SCALE_TO_ZERO_FIELDS }),
      handle: async (management, request) =>
        json(201, presentProject(management.createProject(await body(request, newProjectSchema)))),
    },
    {
      method: "GET",
      path: PROJECT,
      doc: documented("read a project"),
      handle: (management, { params }) => json(200, presentProject(management.project(projectOf(params)))),
    },
    {
      method: "PATCH",
      path: PROJECT,
      doc: documented("change a project", { name: "supported", ...SCALE_TO_ZERO_FIELDS }),
      handle: async (management, request) => {
        const change = await body(request, projectChangeSchema);
        return json(200, presentProject(management.updateProject(projectOf(request.params), change)));
      },
    },
    {
      method: "DELETE",
      path: PROJECT,
      doc: documented("delete a project", {
        "with its branches": "approximated: whether a real one must be empty is not documented",
        "the project of --database": "refused: its branch is the local cloud's own",
      }),
      handle: async (management, { params }) => {
        await management.deleteProject(projectOf(params));
        return noContent();
      },
    },
  ];
}

const NEW_BRANCH_FIELDS = {
  "name, description": "supported",
  scaleToZero: "supported",
  "backupConfiguration.retentionPeriod": "supported",
  "backupConfiguration.backupTime": "refused: a base copy is taken at a branch's start, once a day at most",
  "→ status": CREATED_AT_ONCE,
} as const;

function branchRoutes(): readonly ServedRoute[] {
  return [
    {
      method: "GET",
      path: `${PROJECT}/branches`,
      doc: documented("list branches"),
      handle: (management, { params }) =>
        json(200, { branches: management.branchesOf(projectOf(params)).map(presentListed) }),
    },
    {
      method: "POST",
      path: `${PROJECT}/branches`,
      doc: documented("make a branch", {
        ...NEW_BRANCH_FIELDS,
        "mode: inherit": "supported",
        "mode: custom": "approximated: region local, the image that is installed, instance type local",
        "configuration.replicas": "refused: other than 0",
        "configuration.storage": "approximated: accepted, not enforced",
        "configuration.postgresConfigurationParameters": "refused: the settings are the same for all",
        "configuration.preloadLibraries": "refused: no extension needs one",
      }),
      handle: async (management, request) => {
        const branch = await management.createBranch(
          projectOf(request.params),
          await body(request, newBranchSchema),
        );
        return json(201, presentShort(branch, management.connectionString(branch.id)));
      },
    },
    {
      method: "GET",
      path: BRANCH,
      doc: documented("read a branch", {
        "→ status": "approximated: healthy, hibernated or down; no transient states",
      }),
      handle: describeBranch,
    },
    {
      method: "PATCH",
      path: BRANCH,
      doc: documented("change a branch", {
        ...NEW_BRANCH_FIELDS,
        hibernate: "supported",
        "replicas, storage, instanceType, image": "refused: this machine is what there is",
        "postgresConfigurationParameters, preloadLibraries": "refused: the settings are the same for all",
      }),
      handle: async (management, request) => {
        const { params } = request;
        const change = parseBody(await request.bytes(), branchChangeSchema, branchOf(params));
        const branch = await management.updateBranch(projectOf(params), branchOf(params), change);
        return json(200, presentShort(branch, management.connectionString(branch.id)));
      },
    },
    {
      method: "DELETE",
      path: BRANCH,
      doc: documented("delete a branch", {
        "the branch of --database": "refused: it is the local cloud's own",
        "a branch with children": "approximated: they stay; whether a real one is refused is not documented",
      }),
      handle: async (management, { params }) => {
        await management.deleteBranch(projectOf(params), branchOf(params));
        return noContent();
      },
    },
    ...credentialRoutes(),
    {
      method: "POST",
      path: `${BRANCH}/metrics`,
      doc: documented("read metrics", {
        "disk, connections_active, connections_idle": "approximated: one value, that of now",
        "the other metrics": "refused: 501",
      }),
      handle: async (management, request) => {
        const { params } = request;
        const { branch } = management.branch(projectOf(params), branchOf(params));
        return json(200, await branchMetrics(branchOf(params), branch, await body(request, metricsSchema)));
      },
    },
  ];
}

function describeBranch(management: Management, { params }: ApiRequest): ApiReply {
  const { record, branch } = management.branch(projectOf(params), branchOf(params));
  const health = branch.isDown ? "down" : record.hibernated ? "hibernated" : "healthy";
  return json(
    200,
    presentWhole(record, { health, connectionString: management.connectionString(record.id) }),
  );
}

function credentialRoutes(): readonly ServedRoute[] {
  return [
    {
      method: "GET",
      path: `${BRANCH}/credentials`,
      doc: documented("read a branch's credentials", {
        "?username": "approximated: by default xata, or the first of the local cloud's own databases",
        "→ hostname, port": "approximated: a port for each branch instead of a host for each",
        "→ connectionString":
          "approximated: with sslmode=disable, since there is no TLS; a real one has no sslmode",
      }),
      handle: (management, { params, url }) =>
        json(
          200,
          management.credentials(projectOf(params), branchOf(params), url.searchParams.get("username")),
        ),
    },
    {
      method: "POST",
      path: `${BRANCH}/credentials/rotate`,
      doc: documented("give a role a new password", {
        "the old password":
          "approximated: refused once the answer comes; a real rotation ends some time later",
        "open sessions":
          "approximated: they go on, as PostgreSQL leaves them; not documented of the real one",
      }),
      handle: async (management, request) => {
        const { params } = request;
        const { username } = await body(request, rotationSchema);
        await management.rotate(projectOf(params), branchOf(params), username);
        return noContent();
      },
    },
  ];
}

function backupRoutes(): readonly ServedRoute[] {
  return [
    {
      method: "GET",
      path: `${PROJECT}/backups`,
      doc: documented("list backups"),
      handle: async (management, { params }) => {
        const branches = management.branchesOf(projectOf(params));
        const backups = branches.map(async ({ id }) =>
          presentBackup(id, await management.restorable(projectOf(params), id)),
        );
        return json(200, { backups: await Promise.all(backups) });
      },
    },
    {
      method: "GET",
      path: `${PROJECT}/backups/:branchId`,
      doc: documented("read a backup"),
      handle: async (management, { params }) => {
        const id = branchOf(params);
        if (!management.branchesOf(projectOf(params)).some((branch) => branch.id === id))
          throw backupNotFound(id);
        return json(200, presentBackup(id, await management.restorable(projectOf(params), id)));
      },
    },
    {
      method: "POST",
      path: `${BRANCH}/restore`,
      doc: documented("restore a branch as a new one", {
        ...NEW_BRANCH_FIELDS,
        restoreTime: "approximated: the local cloud's own field; the real API restores the newest state only",
        configuration: "refused: it is that of the source",
      }),
      handle: async (management, request) => {
        const { params } = request;
        const details = await body(request, restoreSchema);
        const branch = await management.restore(projectOf(params), branchOf(params), details);
        return json(201, presentShort(branch, management.connectionString(branch.id)));
      },
    },
  ];
}

async function answer(parts: XataRouteParts, request: ApiRequest, handle: Handle): Promise<ApiReply> {
  try {
    const management = parts.management();
    if (management === undefined)
      throw new ManagementRefusal(503, "This local cloud has no database. Start it with --database NAME.");
    management.authorize(request.headers.get("authorization"), request.params["organizationId"]);
    return await handle(management, request);
  } catch (error) {
    if (error instanceof ManagementRefusal) return json(error.status, { message: error.message });
    parts.log(`xata: ${request.method} ${request.url.pathname}: ${String(error)}`);
    return json(500, { message: internalError(error) });
  }
}

function internalError(error: unknown): string {
  if (systemErrorCode(error) === "ENOSPC")
    return "The disk under the local cloud's data folder is full. Nothing was changed.";
  return error instanceof LocalCloudError ? error.message : "Internal Error";
}

function unknownRoute({ onUnknownRoute }: XataRouteParts, line: string): ApiReply {
  onUnknownRoute(line);
  return json(501, { message: `The local cloud has no route for ${line}.` });
}

async function body<T>(request: ApiRequest, schema: Parameters<typeof parseBody<T>>[1]): Promise<T> {
  return parseBody(await request.bytes(), schema);
}

function projectOf(params: ApiRequest["params"]): string {
  return params["projectId"] ?? "";
}

function branchOf(params: ApiRequest["params"]): string {
  return params["branchId"] ?? "";
}
