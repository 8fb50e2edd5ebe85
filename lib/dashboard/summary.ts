import type { Model } from "../../generated/prisma/client.ts";
import { type ConsumptionBucket, consumptionQuery } from "../filaments/consumption.ts";
import { stockedFilaments } from "../filaments/stocked.ts";
import { queueOf } from "../jobs/queue.ts";
import { openJobReads, openJobs } from "../jobs/read-open.ts";
import type { JobQueue } from "../jobs/shape.ts";
import { owned, type Scope } from "../scope.ts";
import type { Summary } from "./shape.ts";

const DAYS_SHOWN = 30;
const LOW_SHOWN = 10;
const NEXT_SHOWN = 5;
const MODELS_SHOWN = 5;

/** What a shop looks at first, in two round trips at once. */
export async function readSummary(scope: Scope): Promise<Summary> {
  const { database } = scope;
  const recent = database.model.findMany({
    where: { ...owned(scope), archivedAt: null },
    orderBy: [{ updatedAt: "desc" }, { id: "asc" }],
    take: MODELS_SHOWN,
  });
  const [shelf, [models, ...open]] = await Promise.all([
    readShelf(scope),
    database.$transaction([recent, ...openJobReads(scope)]),
  ]);
  return {
    ...shelf,
    ...queueSummary(queueOf(openJobs(open))),
    recentModels: models.map(modelSummary),
  };
}

interface ShelfRow {
  readonly lowStock: Summary["lowStock"];
  readonly lowStockCount: number;
  readonly filaments: number;
  readonly spools: number;
  readonly grams: number;
  readonly worthCents: number;
  readonly consumption: ConsumptionBucket[];
}

type Shelf = Pick<Summary, "lowStock" | "lowStockCount" | "stock" | "consumption">;

async function readShelf(scope: Scope): Promise<Shelf> {
  const days = consumptionQuery(scope, { by: "day", count: DAYS_SHOWN });
  const [row] = await scope.database.$queryRaw<ShelfRow[]>`
    WITH shelf AS (SELECT * FROM (${stockedFilaments(scope)}) f WHERE "archivedAt" IS NULL)
    SELECT count(*)::int AS filaments, COALESCE(sum(spools), 0)::int AS spools,
      COALESCE(sum("stockGrams"), 0)::float8 AS grams, COALESCE(sum("worthCents"), 0)::float8 AS "worthCents",
      (count(*) FILTER (WHERE "stockGrams" < "lowStockGrams"))::int AS "lowStockCount",
      (SELECT COALESCE(json_agg(l), '[]') FROM (
        SELECT id, brand, material, "colorName", "colorHex", "stockGrams", "lowStockGrams" FROM shelf
        WHERE "stockGrams" < "lowStockGrams"
        ORDER BY "stockGrams" / "lowStockGrams", material, brand, "colorName" LIMIT ${LOW_SHOWN}
      ) l) AS "lowStock",
      (SELECT json_agg(d) FROM (${days}) d) AS consumption
    FROM shelf`;
  if (row === undefined) throw new Error("An aggregate without a row");
  const { lowStock, lowStockCount, consumption, ...stock } = row;
  return { lowStock, lowStockCount, consumption, stock };
}

function queueSummary({ jobs }: JobQueue): Pick<Summary, "printing" | "queue"> {
  const waiting = jobs.filter(({ state }) => state === "queued");
  return {
    printing: jobs.filter(({ state }) => state === "printing"),
    queue: {
      waiting: waiting.length,
      infeasible: waiting.filter(({ feasible }) => !feasible).length,
      printSeconds: waiting.reduce((sum, job) => sum + (job.printSeconds ?? 0) * job.copies, 0),
      costCents: waiting.reduce((sum, { costCents }) => sum + costCents, 0),
      next: waiting.slice(0, NEXT_SHOWN),
    },
  };
}

function modelSummary({ id, name, designer, category, updatedAt }: Model): Summary["recentModels"][number] {
  return { id, name, designer, category, updatedAt };
}
