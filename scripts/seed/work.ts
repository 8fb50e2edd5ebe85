import { afterTakes, planTakes, type StockedSpool } from "../../lib/stock/take.ts";
import { shareOf, sumGrams } from "../../lib/stock/grams.ts";
import { lossCents } from "../../lib/stock/cost.ts";
import { revisionId, variantId } from "./catalogue.ts";
import { DESIGNS, type Design, GOODS } from "./goods.ts";
import { dice, idOf } from "./identity.ts";
import type { Row, Rows } from "./rows.ts";
import { daysAgo, filamentId, newSpools, type Shop, spoolRow } from "./shelf.ts";

type Work = Pick<Rows, "spools" | "jobs" | "job_filaments" | "uses">;

const HISTORY_DAYS = 110;
const PRINTS = 160;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How strictly filament is spread over the time: 1 would leave no print of a kilogram at the beginning. */
const LASTING = 0.8;
const FAILURES = ["Came off the bed", "Nozzle was clogged", "Filament ran out", "Layers shifted"];

/** What waits, in its order: a design's place, its variant's, copies. */
const WAITING: readonly (readonly [design: number, variant: number, copies: number])[] = [
  [0, 0, 2],
  [3, 1, 1],
  [1, 1, 1],
  [6, 1, 3],
  [13, 0, 2],
  [11, 0, 1],
];

/** Months of prints, most of them good, and what they left on the spools; one print that runs, and a queue. */
export function work(shop: Shop): Work {
  const shelf = new Shelf(shop);
  const ended = Array.from({ length: PRINTS }, (_, index) => endedJob(shop, index));
  const printed = ended.filter(({ job, needs, share }) => shelf.print(job, needs, share));
  shelf.weigh(idOf(shop.ownerId, "weighing"), daysAgo(shop, 2));
  const running = openJob(shop, {
    place: 0,
    design: 5,
    variant: 0,
    copies: 1,
    startedAt: daysAgo(shop, 0.1),
  });
  const waiting = WAITING.map(([design, variant, copies], index) =>
    openJob(shop, { place: index + 1, design, variant, copies, startedAt: null }),
  );
  const open = [running, ...waiting];
  return {
    spools: shelf.spools.map((spool, place) => spoolRow(shop, spool, place)),
    jobs: [...printed, ...open].map(({ job }) => job),
    job_filaments: [
      ...shelf.jobFilaments,
      ...open.flatMap(({ job, needs }) =>
        needs.map((need) => jobFilament(shop, job, { ...need, used: null })),
      ),
    ],
    uses: shelf.uses,
  };
}

interface Need {
  readonly filamentId: string;
  readonly grams: number;
}

interface Planned {
  readonly job: Row & { readonly endedAt: string | null; readonly state: string };
  readonly needs: readonly Need[];
}

/** The spools while months go by. */
class Shelf {
  readonly #shop: Shop;
  spools: readonly StockedSpool[];
  readonly uses: Row[] = [];
  readonly jobFilaments: Row[] = [];

  constructor(shop: Shop) {
    this.#shop = shop;
    this.spools = newSpools(shop);
  }

  /** Whether there was enough for it; nothing is taken otherwise. */
  print(job: Planned["job"], needs: readonly Need[], percentage: number): boolean {
    if (needs.some((need) => shareOf(need.grams, percentage) > this.#spare(need, job.endedAt ?? "")))
      return false;
    for (const need of needs) {
      const own = this.spools.filter((spool) => spool.filamentId === need.filamentId);
      const { takes } = planTakes(shareOf(need.grams, percentage), own);
      this.spools = afterTakes(this.spools, takes);
      for (const { spoolId, grams, costCents } of takes) {
        const reason = job.state === "failed" ? "failed_print" : "printed";
        const id = idOf(job.id, "use", spoolId);
        this.uses.push(this.#use({ id, spoolId, grams, costCents, reason, jobId: job.id, at: job.endedAt }));
      }
      const used = job.state === "cancelled" ? null : sumGrams(takes.map(({ grams }) => grams));
      this.jobFilaments.push(jobFilament(this.#shop, job, { ...need, used }));
    }
    return true;
  }

  /** What may be used of a filament by then, so that it lasts for all of the time. */
  #spare(need: Need, at: string): number {
    const own = this.spools.filter((spool) => spool.filamentId === need.filamentId);
    const stock = sumGrams(own.map(({ remainingGrams }) => remainingGrams));
    const bought = sumGrams(own.map(({ netGrams }) => netGrams));
    const good = GOODS.find((_, place) => filamentId(this.#shop, place) === need.filamentId);
    const kept = good?.keptGrams ?? 0;
    const age = (Date.parse(at) - Date.parse(daysAgo(this.#shop, HISTORY_DAYS))) / (HISTORY_DAYS * DAY_MS);
    return stock - kept - (bought - kept) * (1 - age) * LASTING;
  }

  /** Somebody found less on the spool that is used most. */
  weigh(id: string, at: string): void {
    const spool = this.spools.find(
      ({ remainingGrams, netGrams }) => remainingGrams > 100 && remainingGrams < netGrams,
    );
    if (spool === undefined) return;
    const grams = 18.5;
    const change = { before: spool.remainingGrams, after: sumGrams([spool.remainingGrams, -grams]) };
    const costCents = lossCents(spool, change);
    this.uses.push(
      this.#use({ id, spoolId: spool.id, grams, costCents, reason: "weighed", jobId: null, at }),
    );
    this.spools = afterTakes(this.spools, [{ spoolId: spool.id, grams, costCents }]);
  }

  #use(row: Row): Row {
    return { ...row, ownerId: this.#shop.ownerId };
  }
}

/** One of the prints of the last months; the newer the closer together. */
function endedJob(shop: Shop, index: number): Planned & { readonly share: number } {
  const roll = dice(`${shop.ownerId} print ${index}`);
  const place = Math.floor(roll() * DESIGNS.length);
  const design = designAt(place);
  const variant = Math.floor(roll() * design.variants.length);
  const copies = roll() < 0.2 ? 2 : 1;
  const fate = roll();
  const state = fateOf(fate);
  const endedAt = daysAgo(shop, HISTORY_DAYS * (1 - (index + 0.5) / PRINTS) ** 1.2);
  const planned = jobOf(shop, { name: `ended ${index}`, design: place, variant, copies });
  return {
    needs: planned.needs,
    share: shareIn(state, roll()),
    job: {
      ...planned.job,
      state,
      failure: state === "failed" ? (FAILURES[Math.floor(roll() * FAILURES.length)] ?? null) : null,
      startedAt: state === "cancelled" ? null : endedAt,
      endedAt,
      createdAt: endedAt,
      updatedAt: endedAt,
    },
  };
}

function fateOf(fate: number): string {
  if (fate < 0.08) return "failed";
  return fate < 0.12 ? "cancelled" : "completed";
}

function shareIn(state: string, roll: number): number {
  if (state === "cancelled") return 0;
  return state === "failed" ? Math.round(10 + roll * 80) : 100;
}

interface Opening {
  readonly place: number;
  readonly design: number;
  readonly variant: number;
  readonly copies: number;
  readonly startedAt: string | null;
}

function openJob(shop: Shop, { place, startedAt, ...which }: Opening): Planned {
  const at = daysAgo(shop, 1);
  const { job, needs } = jobOf(shop, { name: `open ${place}`, ...which });
  const state = startedAt === null ? "queued" : "printing";
  return {
    needs,
    job: {
      ...job,
      state,
      position: place,
      startedAt,
      endedAt: null,
      failure: null,
      createdAt: at,
      updatedAt: at,
    },
  };
}

interface Which {
  readonly name: string;
  readonly design: number;
  readonly variant: number;
  readonly copies: number;
}

function jobOf(shop: Shop, { name, design: place, variant, copies }: Which) {
  const design = designAt(place);
  const made = design.variants[variant] ?? design.variants[0];
  if (made === undefined) throw new Error(`${design.name} has no variants`);
  return {
    needs: Object.entries(made.uses).map(([good, grams]) => ({
      filamentId: filamentId(shop, Number(good)),
      grams: Math.round(grams * copies * 100) / 100,
    })),
    job: {
      id: idOf(shop.ownerId, "job", name),
      ownerId: shop.ownerId,
      revisionId: revisionId(shop, variantId(shop, design, variant), made.revisions),
      title: `${design.name} – ${made.name}`,
      copies,
      position: 0,
      printSeconds: made.minutes * 60,
      notes: "",
    },
  };
}

function jobFilament(shop: Shop, job: Row, need: Need & { readonly used: number | null }): Row {
  return {
    id: idOf(job.id, need.filamentId),
    ownerId: shop.ownerId,
    jobId: job.id,
    filamentId: need.filamentId,
    neededGrams: need.grams,
    usedGrams: need.used,
  };
}

function designAt(place: number): Design {
  const design = DESIGNS[place];
  if (design === undefined) throw new RangeError(`There is no design ${place}`);
  return design;
}
