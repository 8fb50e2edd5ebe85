import { isDeepStrictEqual } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type DatabaseUnderTest, startDatabase } from "./support/database.ts";
import { startWorker, type WorkerUnderTest } from "./support/worker.ts";
import { type ApiRequest, requestsFor, servedMethods, walkedMethods } from "./walk/api-routes.ts";
import { type Leaks, leaksOf, rowsOf } from "./walk/belongings.ts";
import { type FullShop, openFullShop } from "./walk/full-shop.ts";
import { PAGES, routedPaths } from "./walk/pages.ts";
import { type Call, callsOf, mixedCalls, mixedRequests, PROCEDURES } from "./walk/procedures.ts";
import { madeUp, type Told, type Walker, walkerOf, wordsOf } from "./walk/walker.ts";

// The router is loaded here without a build.
vi.hoisted(() => vi.stubGlobal("MIGRATION_NAMES", []));

/** What anybody may call and ask for. */
const PUBLIC_PROCEDURES = ["release", "account.confirmEmail"];
const PUBLIC_ROUTES = ["GET /api/auth/$"];
/** What lists nothing where it is asked about what is another's. */
const LISTS = ["filaments.history", "filaments.consumption", "spools.history"];
/** What tells of a shop without any of its ids and names. */
const ANONYMOUS = ["release", "filaments.consumption", "files.usage"];

let database: DatabaseUnderTest;
let worker: WorkerUnderTest;
let shop: FullShop;
let other: FullShop;
let nobody: Walker;
let owner: Walker;
let stranger: Walker;
let leaks: Leaks;

beforeAll(async () => {
  database = await startDatabase();
  worker = await startWorker({ env: "staging", databaseUrl: database.url });
  const place = { worker, database };
  [shop, other] = await Promise.all([openFullShop(place, "Quokka"), openFullShop(place, "Wombat")]);
  nobody = walkerOf(worker);
  owner = walkerOf(worker, shop.owner);
  stranger = walkerOf(worker, other.owner);
  leaks = leaksOf(await rowsOf(database, shop.ids.user), shop.word);
});

afterAll(async () => {
  await worker?.stop();
  await database?.stop();
});

const isAdmins = ({ name }: Call) => name.startsWith("admin.");
const nameOf = ({ name }: { readonly name: string }) => name;

/** What is asked with the shop's ids, and the same with ids of nothing; `byId` where that makes a difference. */
interface Pair<T> {
  readonly real: T;
  readonly guess: T;
  readonly byId: boolean;
}

function pairsOf<T>(of: (shop: FullShop) => readonly T[]): readonly Pair<T>[] {
  const guesses = of({ ...shop, ids: madeUp(shop.ids) });
  return of(shop).map((real, index) => {
    const guess = guesses[index] ?? real;
    return { real, guess, byId: JSON.stringify(real) !== JSON.stringify(guess) };
  });
}

/** How a walk was answered. */
interface Step extends Told {
  readonly name: string;
  readonly byId: boolean;
  /** What of the shop is in the answer. */
  readonly leaked: readonly string[];
  /** Whether it was answered as what never was. */
  readonly asNone: boolean;
}

async function walk<T extends { readonly name: string }>(
  pairs: readonly Pair<T>[],
  ask: (step: T) => Promise<Told>,
  askNone = ask,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const { real, guess, byId } of pairs) {
    const answer = await ask(real);
    const asNone = byId && isDeepStrictEqual(wordsOf(answer), wordsOf(await askNone(guess)));
    steps.push({ ...answer, name: real.name, byId, leaked: leaks(readable(answer), real.name), asNone });
  }
  return steps;
}

/** Does something, after which the shop has what it had, in the database and in the bucket, and the other has nothing of it. */
async function keepingAll<T>(work: () => Promise<T>): Promise<T> {
  const belongings = async () => ({
    rows: await rowsOf(database, shop.ids.user),
    objects: (await worker.storedKeys()).filter((key) => key.includes(shop.ids.user)),
  });
  const before = await belongings();

  const done = await work();

  expect(await belongings()).toEqual(before);
  expect(leaks((await rowsOf(database, other.ids.user)).join("\n"))).toEqual([]);
  return done;
}

const leaking = (steps: readonly Step[]) => steps.filter(({ leaked }) => leaked.length > 0);
/** Steps by an id that were answered otherwise than for an id of nothing. */
const telling = (steps: readonly Step[]) => steps.filter(({ byId, asNone }) => byId && !asNone);
/** Names of steps by an id that weren't answered with "not found". */
const found = (steps: readonly Step[]) =>
  steps.filter(({ byId, status }) => byId && status !== 404).map(nameOf);

describe("the walk", () => {
  test("calls every procedure", () => {
    const names = callsOf(shop).map(({ name }) => name);

    expect(names.toSorted()).toEqual(PROCEDURES.toSorted());
  });

  test("asks every route by every method", () => {
    const routes = routedPaths().filter((path) => path.startsWith("/api/"));

    expect(walkedMethods()).toEqual(servedMethods());
    expect(Object.keys(walkedMethods()).toSorted()).toEqual(routes.toSorted());
  });

  test("opens every page", () => {
    const pages = routedPaths().filter((path) => !path.startsWith("/api/"));

    expect(Object.keys(PAGES).toSorted()).toEqual(pages.toSorted());
  });
});

describe("who isn't signed in", () => {
  test("calls nothing but what is public", async () => {
    const steps = await keepingAll(() => walk(withoutGuess(callsOf(shop)), (call) => nobody.call(call)));

    const refused = steps.filter(({ status, text }) => status === 401 && text.includes("UNAUTHORIZED"));
    expect(steps.filter((step) => !refused.includes(step)).map(nameOf)).toEqual(PUBLIC_PROCEDURES);
    expect(leaking(steps)).toEqual([]);
  });

  test("gets nothing from a route that isn't public", async () => {
    const requests = [...oneOfEach(requestsFor(shop.ids)).values()];

    const steps = await keepingAll(() => walk(withoutGuess(requests), (request) => nobody.request(request)));

    expect(steps.filter(({ status }) => status !== 401).map(nameOf)).toEqual(PUBLIC_ROUTES);
    expect(leaking(steps)).toEqual([]);
  });

  test("is asked to sign in on every page of an owner's", async () => {
    const steps = await walk(withoutGuess(pagesOf(shop)), ({ name }) => nobody.page(name));

    const asked = pagesOf(shop).filter(({ who }) => who !== "anybody");
    expect(steps.filter(({ status }) => status === 307).map(({ text }) => text)).toEqual(
      asked.map(({ name }) => `/sign-in?next=${encodeURIComponent(name)}`),
    );
    expect(steps.filter(({ status }) => status >= 400)).toEqual([]);
  });
});

describe("another owner", () => {
  test("reads nothing of the shop, and can't tell what is there from what isn't", async () => {
    const reads = pairsOf(callsOf).filter(({ real }) => real.isRead && !isAdmins(real));

    const steps = await walk(reads, (call) => stranger.call(call));

    expect(found(steps)).toEqual(LISTS);
    expect(steps.filter(({ status }) => ![200, 404].includes(status))).toEqual([]);
    expect([...leaking(steps), ...telling(steps)]).toEqual([]);
  });

  test("changes nothing of the shop, and can't tell what is there from what isn't", async () => {
    const changes = pairsOf(callsOf).filter(({ real }) => !real.isRead && !isAdmins(real));

    const steps = await keepingAll(() => walk(changes, (call) => stranger.call(call)));

    expect(found(steps)).toEqual([]);
    expect([...leaking(steps), ...telling(steps)]).toEqual([]);
  });

  test("joins nothing of the shop to things of its own", async () => {
    const calls = pairsOf(({ ids }) => mixedCalls(other.ids, ids));
    const requests = pairsOf(({ ids }) => mixedRequests(other.ids, ids));

    const steps = await keepingAll(async () => [
      ...(await walk(calls, (call) => stranger.call(call))),
      ...(await walk(requests, (request) => stranger.request(request))),
    ]);

    expect([...leaking(steps), ...telling(steps)]).toEqual([]);
  });

  test("sees nothing of the shop where its lists go on", async () => {
    const lists = callsOf(shop).filter(({ input }) => JSON.stringify(input) === "{}");

    const steps = await walk(withoutGuess(lists), async ({ name, isRead }) => {
      const input = name === "files.list" ? {} : { limit: 1 };
      const first = await owner.call({ name, isRead, input });
      const { nextCursor } = JSON.parse(first.text).result.data;
      return stranger.call({ name, isRead, input: { ...input, cursor: nextCursor ?? undefined } });
    });

    expect(steps.map(nameOf)).toEqual(["jobs.history", "filaments.list", "models.list", "files.list"]);
    expect(steps.filter(({ status }) => status !== 200)).toEqual([]);
    expect(leaking(steps)).toEqual([]);
  });

  test("is refused everything of an admin's", async () => {
    const calls = withoutGuess(callsOf(shop).filter(isAdmins));

    const steps = await keepingAll(() => walk(calls, (call) => stranger.call(call)));

    const refused = steps.filter(({ status, text }) => status === 403 && text.includes("FORBIDDEN"));
    expect(refused).toEqual(steps);
    expect(leaking(steps)).toEqual([]);
  });

  test("gets, sends, ends and removes no file of the shop, and can't tell one from none", async () => {
    const guesses = oneOfEach(requestsFor(madeUp(shop.ids)));
    const answers = new Map<string, Promise<Told>>();
    // For an id of nothing it is enough to ask once.
    const askNone = ({ name }: ApiRequest) => {
      const guess = guesses.get(name);
      if (guess === undefined) throw new Error(`there is no guess for ${name}`);
      const answer = answers.get(name) ?? stranger.request(guess);
      answers.set(name, answer);
      return answer;
    };

    const steps = await keepingAll(() =>
      walk(
        pairsOf(({ ids }) => requestsFor(ids)),
        (request) => stranger.request(request),
        askNone,
      ),
    );

    expect(found(steps)).toEqual([]);
    expect([...leaking(steps), ...telling(steps)]).toEqual([]);
  });

  test("opens no page of the shop, and can't tell one from none", async () => {
    const steps = await walk(pairsOf(pagesOf), async ({ name }) => stranger.page(name));

    expect(found(steps)).toEqual([]);
    expect([...leaking(steps), ...telling(steps)]).toEqual([]);
    const hidden = steps.filter(({ status, byId }) => status === 404 && !byId);
    expect(hidden.map(nameOf)).toEqual(["/admin", "/admin/events", "/admin/users"]);
  });
});

test("an admin is another owner as far as a shop goes", async () => {
  await database.query(`UPDATE users SET role = 'admin' WHERE id = '${other.ids.user}'`);
  const byId = pairsOf(callsOf).filter((pair) => pair.byId && !isAdmins(pair.real));
  const calls = withoutGuess(byId.map(({ real }) => real));

  const steps = await keepingAll(() => walk(calls, (call) => stranger.call(call)));

  expect(steps.filter(({ status }) => status !== 404).map(nameOf)).toEqual(LISTS);
  expect(leaking(steps)).toEqual([]);
});

describe("the owner, by the same calls", () => {
  test("reads what is there", async () => {
    const reads = callsOf(shop).filter((call) => call.isRead && !isAdmins(call));

    const steps = await walk(withoutGuess(reads), (call) => owner.call(call));

    expect(steps.filter(({ status }) => status !== 200)).toEqual([]);
    expect(steps.filter(({ leaked }) => leaked.length === 0).map(nameOf)).toEqual(ANONYMOUS);
  });

  test("gets files, and an export with all of it", async () => {
    const requests = requestsFor(shop.ids).filter(({ method }) => method === "GET");

    const answers = await Promise.all(
      requests.map(async (request) => ({ ...request, ...(await owner.request(request)) })),
    );

    const { version, picture, loose, uploading } = shop.ids.files;
    const whole = [version, picture, loose].map((id) => `/api/files/${id}`);
    const pathsOf = (status: number) =>
      answers.filter((answer) => answer.status === status).map(({ path }) => path);
    expect(pathsOf(200)).toEqual(
      expect.arrayContaining([...whole, `/api/files/${version}/thumbnail`, `/api/files/${uploading}/parts`]),
    );
    expect(pathsOf(206)).toEqual(whole);
    const exported = answers.find(({ path }) => path.endsWith("/export"));
    expect(leaks(readable(exported ?? { text: "" }))).toContain(shop.ids.model);
  });

  test("opens the pages", async () => {
    const steps = await walk(withoutGuess(pagesOf(shop)), ({ name }) => owner.page(name));

    const shown = pagesOf(shop).filter(({ who }) => who === "owners");
    const texts = new Map(steps.map(({ name, text }) => [name, text]));
    expect(shown.filter(({ name, shows }) => texts.get(name)?.includes(shows) !== true)).toEqual([]);
  });

  test("changes what is there", async () => {
    const changes = pairsOf(callsOf).filter(({ real, byId }) => byId && !real.isRead && !isAdmins(real));

    const steps = await walk(withoutGuess(changes.map(({ real }) => real)), (call) => owner.call(call));

    expect(steps.filter(({ status }) => status !== 200)).toEqual([]);
  });
});

function withoutGuess<T>(steps: readonly T[]): readonly Pair<T>[] {
  return steps.map((real) => ({ real, guess: real, byId: false }));
}

/** Addresses of all pages, with whom they are for and what they show. */
function pagesOf({ ids, word }: FullShop) {
  return Object.values(PAGES).map(({ at, for: who, shows = "" }) => ({
    name: at(ids),
    who,
    shows: `${word}${shows}`,
  }));
}

/** By any method of any route, the first one. */
function oneOfEach(requests: readonly ApiRequest[]): ReadonlyMap<string, ApiRequest> {
  return new Map(requests.toReversed().map((request) => [request.name, request]));
}

/** How the end of an archive begins. */
const ARCHIVE_ENDS = "PK\u0005\u0006";

/** What is in it, where it is a whole archive. */
function readable({ text }: Pick<Told, "text">): string {
  if (!text.startsWith("PK") || !text.includes(ARCHIVE_ENDS)) return text;
  const entries = unzipSync(Uint8Array.from(Buffer.from(text, "latin1")));
  return Object.entries(entries)
    .map(([name, content]) => `${name}\n${Buffer.from(content).toString()}`)
    .join("\n");
}
