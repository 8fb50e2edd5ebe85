import { deployByHand, openOtherWorker, putSecretByHand } from "./by-hand.ts";
import { deliverWhile, expectDone } from "./deliver-while.ts";
import type { Scenario } from "./scenario.ts";
import { routing } from "./wire.ts";

/** Others who deploy, or change secrets and domains, past delivery. */
export const otherScenarios: readonly Scenario[] = [
  ...(["10", "50", "100"] as const).map((step): Scenario => ({
    name: `somebody deploys by hand after ${step} % were routed`,
    play: (stage) => deliverWhile(stage, "after", { is: routing(step), act: () => deployByHand(stage) }),
    end: { exitCode: 6, says: "somebody deployed without delivery", serves: "other" },
  })),
  {
    name: "somebody deploys by hand at the instant in which 50 % are routed",
    play: (stage) => deliverWhile(stage, "before", { is: routing("50"), act: () => deployByHand(stage) }),
    end: { exitCode: 6, says: "somebody deployed without delivery", serves: "other" },
  },
  {
    name: "somebody returns to stable by hand",
    play: async (stage) => {
      const { platform } = stage.theatre;
      const [stable = ""] = Object.keys((await platform.serving(stage.worker)) ?? {});
      const act = () =>
        stage.wrangler(["versions", "deploy", `${stable}@100%`, "--name", stage.worker, "--yes"]);
      return deliverWhile(stage, "after", { is: routing("50"), act });
    },
    end: { exitCode: 6, says: "somebody deployed without delivery", serves: "stable" },
  },
  {
    name: "somebody puts a secret by hand during the rollout",
    play: (stage) =>
      deliverWhile(stage, "after", { is: routing("10"), act: () => putSecretByHand(stage, "a key by hand") }),
    end: { exitCode: 6, says: "somebody deployed without delivery", serves: "other" },
  },
  {
    name: "somebody has put a secret by hand before a rollback",
    play: async (stage) => {
      expectDone(await stage.delivery());
      expectDone(await putSecretByHand(stage, "a key by hand"));
      const back = await stage.delivery(["rollback", stage.environment]);
      const { body } = await stage.visit("/key");
      if (body !== "a key by hand") throw new Error(`the key that serves is "${body}"`);
      return back;
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "a secret has changed since the release that a rollback returns to",
    play: async (stage) => {
      const today = { API_KEY: "the key of today" };
      expectDone(await stage.delivery(undefined, today));
      const back = await stage.delivery(["rollback", stage.environment], today);
      const { body } = await stage.visit("/key");
      if (body !== today.API_KEY) throw new Error(`the key that serves is "${body}"`);
      return back;
    },
    end: { exitCode: 0, says: "secrets have changed since", serves: "stable" },
  },
  {
    name: "a hundred versions were uploaded since the release that a rollback returns to",
    play: async (stage) => {
      expectDone(await stage.delivery());
      await stage.theatre.platform.uploadVersions(stage.worker, 100);
      return stage.delivery(["rollback", stage.environment]);
    },
    end: { exitCode: 0, says: "uploading it again", serves: "stable" },
  },
  {
    name: "somebody deploys other bytes under the right name, and a rollback undoes it",
    play: async (stage) => {
      expectDone(await stage.delivery());
      const { stdout } = await stage.delivery(["status", stage.environment, "--json"]);
      const [{ serving }] = JSON.parse(stdout) as [{ serving: [{ releaseId: string }] }];
      expectDone(await deployByHand(stage, { tag: serving[0].releaseId }));
      const looked = await stage.delivery(["status", stage.environment]);
      const refused = await stage.delivery();
      if (looked.exitCode !== 6 || refused.exitCode !== 6)
        throw new Error(`status ended with ${looked.exitCode}, a delivery with ${refused.exitCode}`);
      return stage.delivery(["rollback", stage.environment]);
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "another Worker is given the candidate's domain during the rollout",
    candidate: { domains: ["late.shop.example.com"] },
    play: async (stage) => {
      let neighbour = "";
      const finished = await deliverWhile(stage, "after", {
        is: routing("100"),
        act: async () => (neighbour = await openOtherWorker(stage, "late.shop.example.com")),
      });
      const { body } = await stage.theatre.shop.visitHost("late.shop.example.com");
      await stage.theatre.platform.deleteWorker(neighbour);
      if (!body.endsWith(" 0")) throw new Error(`the domain was taken over: "${body}"`);
      return finished;
    },
    end: { exitCode: 3, says: "late.shop.example.com leads to another Worker", serves: "stable" },
  },
];
