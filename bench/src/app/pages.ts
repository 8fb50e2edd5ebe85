import { ratioAtLeast, told, type BenchLine } from "../line.ts";
import { loadInTurn, type Answered } from "./load.ts";
import type { Stage } from "./stage.ts";

const ROUNDS = 5;
const SHARE = 0.85;
const PAGE = { accept: "text/html" };

/**
 * Home page and `/health` against a bare template's, in turns. The template's home page is rendered for each request;
 * FM5's once for everybody. What the template's `/health` does is said in bench/template/src/routes/health.ts.
 */
export async function benchPages({ app, template }: Stage): Promise<readonly BenchLine[]> {
  const [home, templateHome, health, templateHealth, signIn] = await loadInTurn(
    [
      { worker: app, path: "/", headers: PAGE },
      { worker: template, path: "/", headers: PAGE },
      { worker: app, path: "/health" },
      { worker: template, path: "/health" },
      { worker: app, path: "/sign-in", headers: PAGE },
    ],
    ROUNDS,
  );
  return [
    ...compared("home page", home, templateHome),
    ...compared("/health", health, templateHealth),
    told("a page that is rendered each time: /sign-in", signIn?.perCoreSecond ?? 0, "requests/s of one core"),
  ];
}

function compared(name: string, own: Answered | undefined, peer: Answered | undefined): readonly BenchLine[] {
  if (own === undefined || peer === undefined) return [];
  const requests = { value: own.perCoreSecond, peer: peer.perCoreSecond, unit: "requests/s of one core" };
  // The template's first: the share of its pace that is kept.
  const times = { value: peer.p99Ms, peer: own.p99Ms, unit: "ms" };
  return [
    ratioAtLeast(`${name}, against a bare template’s`, requests, SHARE),
    ratioAtLeast(`p99 of a bare template’s ${name}, against ours`, times, SHARE),
  ];
}
