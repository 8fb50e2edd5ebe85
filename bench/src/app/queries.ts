import { atLeast, below, type BenchLine } from "../line.ts";
import { median, percentile } from "../median.ts";
import { loadInTurn } from "./load.ts";
import { VARIANTS, type Stage } from "./stage.ts";

const ROUNDS = 5;
/** In a round, of each kind. */
const QUERIES = 60;
const LIMIT_MS = 100;
const WORDS = [
  "bracket",
  "vase",
  "corner",
  "hex gear",
  "wall hook",
  "petg",
  "0.20",
  "black",
  "desk tray 4",
  "quad",
];

/** Queries of somebody who is signed in: how many one core answers, and how long lists and searches of many variants take. */
export async function benchQueries(stage: Stage): Promise<readonly BenchLine[]> {
  const asked = { worker: stage.app, path: "/api/trpc/me", headers: stage.owner };
  const [me] = await loadInTurn([asked], ROUNDS);
  const list = await p95Ms((number) => listOfModels(stage, number));
  const search = await p95Ms((number) => ask(stage, "search.find", { query: wordsOf(number) }));
  const limit = { unit: "ms", limit: LIMIT_MS };
  return [
    atLeast("authenticated query (me), HTTP to raw workerd to gateway", me?.perCoreSecond ?? 0, {
      unit: "requests/s of one core",
      limit: 800,
    }),
    below(`list at ${VARIANTS} variants, p95`, list, limit),
    below(`search at ${VARIANTS} variants, p95`, search, limit),
  ];
}

/** The median of the rounds' 95th percentiles, asked one after another, as a client on this machine sees it. */
async function p95Ms(query: (number: number) => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const times: number[] = [];
    for (let index = 0; index < QUERIES; index += 1) {
      const startedAtMs = performance.now();
      await query(round * QUERIES + index);
      times.push(performance.now() - startedAtMs);
    }
    rounds.push(percentile(times, 95));
  }
  return median(rounds);
}

let nextCursor: string | null = null;

/** Page after page, then by words, then by a word that few have. */
async function listOfModels(stage: Stage, number: number): Promise<void> {
  if (number % 3 !== 0) {
    await ask(stage, "models.list", { query: number % 3 === 1 ? wordsOf(number) : `${number}` });
    return;
  }
  const input = nextCursor === null ? {} : { cursor: nextCursor };
  ({ nextCursor } = (await ask(stage, "models.list", input)) as { nextCursor: string | null });
}

const wordsOf = (number: number) => WORDS[number % WORDS.length] ?? "";

async function ask({ app, owner }: Stage, procedure: string, input: object): Promise<unknown> {
  const query = encodeURIComponent(JSON.stringify(input));
  const answer = await fetch(`${app.origin}/api/trpc/${procedure}?input=${query}`, { headers: owner });
  const { result } = (await answer.json()) as { result?: { data: unknown } };
  if (result === undefined) throw new Error(`${procedure} was answered ${answer.status}`);
  return result.data;
}
