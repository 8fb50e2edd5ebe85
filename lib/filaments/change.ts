import { AppError } from "../app-error.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { searchText } from "../search-text.ts";
import { addSpoolsIn } from "../spools/add.ts";
import { OPEN_STATES } from "../jobs/states.ts";
import { inTurn } from "../stock/in-turn.ts";
import { colorFamily } from "./color.ts";
import type { FilamentFields, NewFilament } from "./shape.ts";

const MOST_FILAMENTS = 2000;

/**
 * Adds a filament, and spools of it where some are given.
 * @returns its id
 * @throws {AppError} conflict: the shop has as many as FM5 keeps
 */
export async function addFilament(scope: Scope, { spools, ...fields }: NewFilament): Promise<string> {
  const id = crypto.randomUUID();
  await inTurn(scope, async (transaction) => {
    const known = await transaction.filament.count({ where: owned(scope) });
    if (known >= MOST_FILAMENTS) throw tooMany();
    await transaction.filament.create({ data: { id, ...owned(scope), ...withDerived(fields) } });
    if (spools !== undefined) await addSpoolsIn(transaction, scope, { ...spools, filamentId: id });
  });
  return id;
}

/** @throws {AppError} not_found */
export async function changeFilament(scope: Scope, id: string, fields: FilamentFields): Promise<void> {
  const { count } = await scope.database.filament.updateMany({
    where: { id, ...owned(scope) },
    data: withDerived(fields),
  });
  if (count === 0) throw notFound("filament");
}

/**
 * Deletes a filament with its spools; one that prints refer to is put away instead, so that their history stays.
 * @throws {AppError} not_found; conflict: jobs wait for it
 */
export async function removeFilament(scope: Scope, id: string): Promise<"deleted" | "archived"> {
  return inTurn(scope, async (transaction) => {
    const where = { id, ...owned(scope) };
    if ((await transaction.filament.count({ where })) === 0) throw notFound("filament");
    const needs = { filamentId: id, ...owned(scope) };
    const open = { ...needs, job: { state: { in: [...OPEN_STATES] } } };
    if ((await transaction.jobFilament.count({ where: open })) > 0) throw isWaitedFor();

    const used = await transaction.use.count({ where: { ...owned(scope), spool: { filamentId: id } } });
    const wanted = await transaction.jobFilament.count({ where: needs });
    if (used + wanted === 0) {
      await transaction.filament.deleteMany({ where });
      return "deleted";
    }
    await transaction.filament.updateMany({ where, data: { archivedAt: new Date() } });
    return "archived";
  });
}

/** Takes a filament out again that was put away. @throws {AppError} not_found */
export async function restoreFilament(scope: Scope, id: string): Promise<void> {
  const { count } = await scope.database.filament.updateMany({
    where: { id, ...owned(scope) },
    data: { archivedAt: null },
  });
  if (count === 0) throw notFound("filament");
}

function withDerived(fields: FilamentFields) {
  const { brand, material, colorName, colorHex } = fields;
  const family = colorFamily(colorHex);
  return { ...fields, colorFamily: family, searchText: searchText(brand, material, colorName, family) };
}

function tooMany(): AppError {
  return new AppError({
    code: "conflict",
    message: `Your shop has ${MOST_FILAMENTS} filaments, which is as many as FM5 keeps.`,
    hint: "Remove some that you don’t use any more.",
  });
}

function isWaitedFor(): AppError {
  return new AppError({
    code: "conflict",
    message: "Jobs in the queue need this filament.",
    hint: "Finish or cancel them first, or give them another filament.",
  });
}
