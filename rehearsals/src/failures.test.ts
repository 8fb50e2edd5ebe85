import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampled } from "local-cloud/drills";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampledScenarios } from "./rollouts/groups.ts";
import { createCompany, type Company } from "./rollouts/scenario.ts";
import { openStage, openTheatre, type Candidate, type Stage, type Theatre } from "./rollouts/stage.ts";
import { routing } from "./rollouts/wire.ts";

// Failures that real pipelines were pushed with, first as plain wrangler lets them through, then as delivery doesn't.
// `npm test` tells one of them, `npm run drill -- tests` all.

const SLOW_MACHINE_MS = 120_000;
const OLD_KEY = "the key of former days";
const NEW_KEY = "the key of today";

let theatre: Theatre;
let company: Company;

beforeAll(async () => {
  theatre = await openTheatre();
  company = createCompany(theatre);
}, SLOW_MACHINE_MS);

afterAll(async () => {
  await theatre.stop();
});

/** What a visitor sees. */
async function seen(stage: Stage, path?: string): Promise<string> {
  return (await stage.visit(path)).body;
}

/** `wrangler deploy` of such a release, with the key. */
async function deployed(stage: Stage, candidate: Candidate, key: string): Promise<number> {
  const day = stage.open(candidate);
  writeFileSync(join(theatre.shop.folder, ".delivery-secrets.json"), JSON.stringify({ API_KEY: key }));
  const finished = await stage.wrangler([
    "deploy",
    "--env",
    stage.environment,
    "--secrets-file",
    ".delivery-secrets.json",
  ]);
  expect(finished).toMatchObject({ exitCode: 0 });
  return day;
}

/** `delivery deploy` of such a release, with the key. */
async function delivered(stage: Stage, candidate: Candidate, key = OLD_KEY): Promise<number> {
  const day = stage.open(candidate);
  expect(await stage.delivery(undefined, { API_KEY: key })).toMatchObject({ exitCode: 0 });
  return day;
}

interface Failure {
  readonly id: string;
  readonly what: string;
  readonly wrangler: { readonly does: string; readonly told: (stage: Stage) => Promise<void> };
  readonly delivery: { readonly does: string; readonly told: (stage: Stage) => Promise<void> };
}

const failures: readonly Failure[] = [
  {
    id: "F15",
    what: "the rollback of the emergency goes to the same bad code, one secret earlier",
    wrangler: {
      does: "says SUCCESS, and the bad release serves on",
      told: async (stage) => {
        await deployed(stage, {}, OLD_KEY);
        await deployed(stage, { behaviour: { wrong: true } }, OLD_KEY);
        await stage.wrangler(["secret", "put", "API_KEY", "--name", stage.worker]);

        const rolledBack = await stage.wrangler(["rollback", "--name", stage.worker, "--message", "help"]);

        expect(rolledBack).toMatchObject({
          exitCode: 0,
          stdout: expect.stringContaining("SUCCESS") as string,
        });
        expect(await seen(stage)).toBe("nothing to see");
      },
    },
    delivery: {
      does: "returns to the last proven release, and asks that very version",
      told: async (stage) => {
        const good = await delivered(stage, {});
        await delivered(stage, { behaviour: { wrong: true } }, NEW_KEY);

        const rolledBack = await stage.delivery(["rollback", stage.environment], { API_KEY: NEW_KEY });

        expect(rolledBack).toMatchObject({
          exitCode: 0,
          stderr: expect.stringContaining("gate rolled-back: pass") as string,
        });
        expect(await seen(stage)).toBe(`goods of day ${good}`);
      },
    },
  },
  {
    id: "F16",
    what: "a secret that CI lacks arrives empty, and one that it has goes through a shell",
    wrangler: {
      does: "takes an empty value with exit code 0, and whatever the shell made of another",
      told: async (stage) => {
        await deployed(stage, {}, OLD_KEY);
        const put = `wrangler secret put API_KEY --name ${stage.worker}`;

        const empty = await stage.shell(`printf %s "$CI_LACKS_IT" | ${put}`);
        expect({ exitCode: empty.exitCode, key: await seen(stage, "/key") }).toEqual({
          exitCode: 0,
          key: "",
        });

        // As a workflow does that writes ${{ secrets.API_KEY }} into a command.
        const interpolated = await stage.shell(`printf %s "a key with $(echo a command)" | ${put}`);
        expect({ exitCode: interpolated.exitCode, key: await seen(stage, "/key") }).toEqual({
          exitCode: 0,
          key: "a key with a command",
        });
      },
    },
    delivery: {
      does: "refuses an empty value before anything changes, and brings every other byte for byte",
      told: async (stage) => {
        const odd = 'a key with $(echo a command), "quotes", \\ and =';
        const good = await delivered(stage, {}, odd);
        expect(await seen(stage, "/key")).toBe(odd);

        stage.open({});
        const refused = await stage.delivery(undefined, { API_KEY: "" });

        expect(refused).toMatchObject({
          exitCode: 2,
          stderr: expect.stringContaining("The secret API_KEY is empty.") as string,
        });
        expect(await seen(stage)).toBe(`goods of day ${good}`);
      },
    },
  },
  {
    id: "F17",
    what: "production fails its health check",
    wrangler: {
      does: "has put it live before anybody asked, and leaves it there",
      told: async (stage) => {
        await deployed(stage, {}, OLD_KEY);
        const bad = await deployed(stage, { behaviour: { unhealthy: true } }, OLD_KEY);

        expect((await stage.visit("/health")).status).toBe(503);
        expect(await seen(stage)).toBe(`goods of day ${bad}`);
      },
    },
    delivery: {
      does: "asks it before it gets a visitor, ends with 3, and what served serves on",
      told: async (stage) => {
        const good = await delivered(stage, {});
        stage.open({ behaviour: { unhealthy: true } });

        const stopped = await stage.delivery(undefined, { API_KEY: OLD_KEY });

        expect(stopped).toMatchObject({
          exitCode: 3,
          stderr: expect.stringContaining("serves again") as string,
        });
        expect((await stage.visit("/health")).status).toBe(200);
        expect(await seen(stage)).toBe(`goods of day ${good}`);
      },
    },
  },
  {
    id: "F22",
    what: "a rollback crosses a secret that was changed since",
    wrangler: {
      does: "answers its own question with yes in CI: the revoked secret is back",
      told: async (stage) => {
        const good = await deployed(stage, {}, OLD_KEY);
        const [version = ""] = Object.keys((await theatre.platform.serving(stage.worker)) ?? {});
        await deployed(stage, { behaviour: { wrong: true } }, NEW_KEY);

        const rolledBack = await stage.wrangler([
          "rollback",
          version,
          "--name",
          stage.worker,
          "--message",
          "help",
        ]);

        expect(rolledBack.exitCode).toBe(0);
        expect([await seen(stage), await seen(stage, "/key")]).toEqual([`goods of day ${good}`, OLD_KEY]);
      },
    },
    delivery: {
      does: "brings the code back and keeps today's secret, of which it needs to know no value",
      told: async (stage) => {
        const good = await delivered(stage, {});
        await delivered(stage, { behaviour: { wrong: true } }, NEW_KEY);

        const rolledBack = await stage.delivery(["rollback", stage.environment], { API_KEY: undefined });

        expect(rolledBack.exitCode).toBe(0);
        expect([await seen(stage), await seen(stage, "/key")]).toEqual([`goods of day ${good}`, NEW_KEY]);
      },
    },
  },
  {
    id: "F23",
    what: "a job is cancelled half-way",
    wrangler: {
      does: "leaves the new code without its domain, and nothing that says so",
      told: async (stage) => {
        await deployed(stage, {}, OLD_KEY);
        const day = stage.open({ domains: [`new.${stage.host}`] });
        const argv = ["deploy", "--env", stage.environment, "--secrets-file", ".delivery-secrets.json"];
        const cancelled = stage.start(argv, {}, "wrangler");
        const isDeployment = (call: { method: string; path: string }) =>
          call.method === "POST" && call.path.endsWith("/deployments");
        theatre.wire.once({
          when: "after",
          is: isDeployment,
          act: async () => {
            cancelled.signal("SIGKILL", "group");
            await cancelled.finished;
          },
        });
        await cancelled.finished;

        expect(await seen(stage)).toBe(`goods of day ${day}`);
        expect((await theatre.shop.visitHost(`new.${stage.host}`)).status).toBe(404);
        const status = await stage.wrangler(["deployments", "status", "--name", stage.worker]);
        expect(status.exitCode).toBe(0);
      },
    },
    delivery: {
      does: "is seen by status, and finished whole by the next run",
      told: async (stage) => {
        await delivered(stage, {});
        const day = stage.open({ domains: [`new.${stage.host}`] });
        const cancelled = stage.start(undefined, { API_KEY: OLD_KEY });
        theatre.wire.once({
          when: "after",
          is: routing("100"),
          act: async () => {
            cancelled.signal("SIGKILL", "group");
            await cancelled.finished;
          },
        });
        await cancelled.finished;
        expect((await stage.delivery(["status", stage.environment])).exitCode).toBe(7);

        const again = await stage.delivery(undefined, { API_KEY: OLD_KEY });

        expect(again.exitCode).toBe(0);
        expect(await seen(stage)).toBe(`goods of day ${day}`);
        expect((await theatre.shop.visitHost(`new.${stage.host}`)).body).toBe(`goods of day ${day}`);
        expect((await stage.delivery(["status", stage.environment])).exitCode).toBe(0);
      },
    },
  },
];

describe.each(sampled(failures, 1))("$id: $what", ({ id, wrangler, delivery }) => {
  const stageOf = (tool: string) => openStage(theatre, `${tool}-${id.toLowerCase()}`, { steps: [0, 100] });

  test(
    `plain wrangler ${wrangler.does}`,
    () => expect(wrangler.told(stageOf("plain"))).resolves.toBeUndefined(),
    SLOW_MACHINE_MS,
  );

  test(
    `delivery ${delivery.does}`,
    () => expect(delivery.told(stageOf("safe"))).resolves.toBeUndefined(),
    SLOW_MACHINE_MS,
  );
});

const scenarios = sampledScenarios();

// npm run drill -- rollouts plays all of them.
describe.runIf(scenarios.length > 0)(
  "a delivery that is disturbed ends as it must, and no visitor fails",
  () => {
    test.each(scenarios)(
      "$name",
      async (scenario) => {
        expect(await company.rehearse(scenario)).toMatchObject({ problems: [] });
      },
      SLOW_MACHINE_MS,
    );
  },
);
