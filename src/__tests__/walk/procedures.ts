import type { inferRouterInputs } from "@trpc/server";
import { type ApiRouter, apiRouter } from "../../../lib/routers/index.ts";
import type { ApiRequest } from "./api-routes.ts";
import { type FullShop, type ShopIds, textsOf } from "./full-shop.ts";

const TEXTS = textsOf("Walker");

/** Every procedure with an input: one that is added needs an entry. The last ones of a kind take away what the others need. */
function inputs({ ids, owner }: FullShop): inferRouterInputs<ApiRouter> {
  const { jobs, files } = ids;
  const needs = { ...TEXTS.job, filaments: [{ filamentId: ids.filament, grams: 5 }] };
  return {
    release: undefined,
    me: undefined,
    account: {
      overview: undefined,
      confirmEmail: { token: "made-up" },
      changeProfile: { name: "Renamed", currency: "USD" },
      changeEmail: { newEmail: "delivered+other@resend.dev", password: owner.password },
      changePassword: { currentPassword: owner.password, newPassword: "a-password-of-another" },
      revokeSession: { id: ids.session },
      revokeOtherSessions: undefined,
      delete: { password: owner.password },
    },
    admin: {
      users: { search: "" },
      setRole: { userId: ids.user, role: "admin" },
      system: undefined,
      health: undefined,
      retryFile: { id: files.processing },
      events: { userId: ids.user },
    },
    jobs: {
      queue: undefined,
      history: {},
      suggest: { revisionId: ids.revision },
      finishPlan: { id: jobs.printing, percentage: 100 },
      add: { ...needs, revisionId: ids.revision },
      change: { ...needs, id: jobs.queued },
      again: { id: jobs.completed },
      move: { id: jobs.last, move: { before: jobs.queued } },
      putBack: { id: jobs.mistaken },
      complete: { id: jobs.printing, takes: [{ spoolId: ids.spool, grams: 5 }] },
      fail: { id: jobs.failing, percentage: 50, failure: "Another’s doing" },
      start: { id: jobs.next },
      cancel: { id: jobs.last },
    },
    filaments: {
      list: {},
      choices: undefined,
      names: undefined,
      get: { id: ids.filament },
      history: { id: ids.filament },
      consumption: { filamentId: ids.filament, by: "week" },
      add: { ...TEXTS.filament },
      change: { ...TEXTS.filament, id: ids.filament },
      remove: { id: ids.unusedFilament },
      restore: { id: ids.filament },
    },
    spools: {
      history: { id: ids.spool },
      add: { ...TEXTS.spool, filamentId: ids.filament, count: 1 },
      change: { ...TEXTS.spool, id: ids.spool },
      weigh: { id: ids.spool, remainingGrams: 1 },
      restore: { id: ids.archivedSpool },
      remove: { id: ids.otherSpool },
    },
    models: {
      list: {},
      categories: undefined,
      get: { id: ids.model },
      create: { name: "Another’s" },
      update: { id: ids.model, name: "Taken" },
      archive: { id: ids.model, archived: true },
      describePicture: { id: ids.picture, alt: "Taken" },
      orderPictures: { id: ids.model, pictureIds: [ids.otherPicture, ids.picture] },
      removePicture: { id: ids.picture },
      remove: { id: ids.otherModel },
    },
    variants: {
      create: { modelId: ids.model, name: "Taken" },
      update: { id: ids.variant, name: "Taken" },
      removeRevision: { id: ids.revision },
      remove: { id: ids.otherVariant },
    },
    files: {
      list: {},
      get: { id: files.loose },
      usage: undefined,
      remove: { id: files.loose },
    },
    shopping: { list: undefined },
    search: { find: { query: "PLA" } },
    dashboard: { summary: undefined },
  };
}

/** What one asks the API for. */
export interface Call {
  readonly name: string;
  readonly isRead: boolean;
  readonly input: unknown;
}

const procedures = apiRouter._def.procedures as unknown as Readonly<
  Record<string, { readonly _def: { readonly type: "query" | "mutation" | "subscription" } }>
>;

/** Names of all procedures that the router has. */
export const PROCEDURES: readonly string[] = Object.keys(procedures);

/** A call of each procedure, in the order of the table. */
export function callsOf(shop: FullShop): readonly Call[] {
  return Object.entries(inputs(shop)).flatMap(([name, entry]) =>
    name in procedures
      ? [callOf(name, entry)]
      : Object.entries(entry ?? {}).map(([part, input]) => callOf(`${name}.${part}`, input)),
  );
}

/** Calls of one's own things together with what may be another's, or may never have been. */
export function mixedCalls(own: ShopIds, other: ShopIds): readonly Call[] {
  const filaments = [{ filamentId: other.filament, grams: 5 }];
  return [
    callOf("jobs.add", { ...TEXTS.job, filaments }),
    callOf("jobs.add", {
      ...TEXTS.job,
      filaments: [{ filamentId: own.filament, grams: 5 }],
      revisionId: other.revision,
    }),
    callOf("jobs.change", { ...TEXTS.job, filaments, id: own.jobs.queued }),
    callOf("jobs.move", { id: own.jobs.queued, move: { before: other.jobs.queued } }),
    callOf("jobs.complete", { id: own.jobs.printing, takes: [{ spoolId: other.spool, grams: 5 }] }),
    callOf("jobs.fail", {
      id: own.jobs.printing,
      percentage: 50,
      failure: "",
      takes: [{ spoolId: other.spool, grams: 5 }],
    }),
    callOf("models.orderPictures", { id: own.model, pictureIds: [other.picture, own.picture] }),
    callOf("models.orderPictures", { id: other.model, pictureIds: [] }),
  ];
}

/** Requests that end one's own uploads as parts of what may be another's. */
export function mixedRequests(own: ShopIds, other: ShopIds): readonly ApiRequest[] {
  const ending = (id: string, attachTo: object) => ({
    name: "POST /api/files/$id/complete",
    path: `/api/files/${id}/complete`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sha256: "0".repeat(64), attachTo }),
  });
  return [
    ending(own.files.uploading, { to: "variant", variantId: other.variant }),
    ending(own.files.uploadingPicture, { to: "model", modelId: other.model }),
  ];
}

function callOf(name: string, input: unknown): Call {
  return { name, input, isRead: procedures[name]?._def.type === "query" };
}
