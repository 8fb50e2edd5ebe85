import type { DeployOptions } from "../commands/deploy.ts";
import type { Delivered } from "../engine/rollout.ts";
import type { Command, CommandRequest, Outcome } from "./command.ts";

const DELIVERY_OPTIONS = ["release", "allow-contract", "during-freeze", "roll-forward"] as const;

/** Every command, in the order of the help. Each is loaded when it is run. */
export const COMMANDS: readonly Command[] = [
  {
    synopsis: "init",
    about: "write a delivery.config.ts for a project that has wrangler's configuration",
    run: async ({ root }) => {
      const { init, presentInitialized } = await import("../commands/init.ts");
      const initialized = init(root);
      return done(initialized, presentInitialized(initialized));
    },
  },
  {
    synopsis: "doctor",
    about: "what a delivery needs and doesn't have: scopes, buckets, domains, reviewers",
    run: async ({ context }) => {
      const { doctor } = await import("../commands/doctor.ts");
      const { presentFindings } = await import("../doctor/finding.ts");
      const findings = await doctor(await context());
      const missing = findings.some(({ state }) => state === "missing");
      return { value: findings, text: presentFindings(findings), exitCode: missing ? 2 : 0 };
    },
  },
  {
    synopsis: "release build",
    about: "build the release of the checked-out commit: one archive, one manifest",
    options: ["force"],
    run: async ({ context, values }) => {
      const { buildRelease } = await import("../commands/release-build.ts");
      const { manifest } = await buildRelease(await context(), { force: values.force ?? false });
      return done(manifest, `${manifest.releaseId}\n`);
    },
  },
  {
    synopsis: "deploy ENV",
    about: "deliver the checked-out commit's release, or --release ID",
    options: DELIVERY_OPTIONS,
    run: async (request) => {
      const { deploy } = await import("../commands/deploy.ts");
      return delivered(await deploy(await request.context(), environment(request), deliveryOptions(request)));
    },
  },
  {
    synopsis: "promote ENV",
    about: "deliver what the environment before has proven (production)",
    options: [...DELIVERY_OPTIONS, "older", "break-glass"],
    run: async (request) => {
      const { promote } = await import("../commands/promote.ts");
      return delivered(
        await promote(await request.context(), environment(request), deliveryOptions(request)),
      );
    },
  },
  {
    synopsis: "rollback ENV",
    about: "return to the last release that ENV has proven",
    options: ["to", "with-old-secrets"],
    run: async (request) => {
      const { rollback } = await import("../commands/rollback.ts");
      const { to, "with-old-secrets": withOldSecrets } = request.values;
      return delivered(await rollback(await request.context(), environment(request), { to, withOldSecrets }));
    },
  },
  {
    synopsis: "adopt ENV",
    about: "take what already serves as proven, so that a rollback can return to it",
    options: ["yes"],
    run: async (request) => {
      const { adopt, presentAdopted } = await import("../commands/adopt.ts");
      const { yes = false } = request.values;
      const adopted = await adopt(await request.context(), environment(request), { yes });
      return done(adopted, presentAdopted(adopted));
    },
  },
  {
    synopsis: "pause ENV [REASON]",
    about: "stop ENV's rollout where it is, from any terminal",
    run: async (request) => {
      const { askedExitCode, pause, presentAsked } = await import("../commands/steer.ts");
      const asked = await pause(await request.context(), environment(request), request.args[1]);
      return { value: asked, text: presentAsked(asked), exitCode: askedExitCode(asked) };
    },
  },
  {
    synopsis: "resume ENV [REASON]",
    about: "go on with a paused rollout, or one that was cut off",
    options: ["during-freeze"],
    run: async (request) => {
      const { resume } = await import("../commands/steer.ts");
      const { exceptions } = deliveryOptions(request);
      const options = { reason: request.args[1], exceptions };
      return delivered(await resume(await request.context(), environment(request), options));
    },
  },
  {
    synopsis: "abort ENV REASON",
    about: "take ENV's rollout back, from any terminal",
    run: async (request) => {
      const { abort, askedExitCode, presentAsked } = await import("../commands/steer.ts");
      const asked = await abort(await request.context(), environment(request), request.args[1] ?? "");
      return { value: asked, text: presentAsked(asked), exitCode: askedExitCode(asked) };
    },
  },
  {
    synopsis: "retry ENV",
    about: "deliver the release of the aborted rollout once more",
    run: async (request) => {
      const { retry } = await import("../commands/steer.ts");
      return delivered(await retry(await request.context(), environment(request)));
    },
  },
  {
    synopsis: "status [ENV]",
    about: "what serves, against what was decided",
    run: async ({ context, args: [name] }) => {
      const { presentStatus, status, statusExitCode } = await import("../commands/status.ts");
      const opened = await context();
      const all = Object.keys(opened.settings.configuration.environments);
      const statuses = await status(opened, name === undefined ? all : [name]);
      return { value: statuses, text: presentStatus(statuses), exitCode: statusExitCode(statuses) };
    },
  },
  {
    synopsis: "history ENV",
    about: "every decision, oldest first",
    run: async (request) => {
      const { history, presentHistory } = await import("../commands/history.ts");
      const entries = await history(await request.context(), environment(request));
      return done(entries, presentHistory(entries));
    },
  },
  {
    synopsis: "changelog ENV|FROM..TO",
    about: "commits between what ENV serves and what it would take, or between two releases",
    run: async ({ context, args: [range = ""] }) => {
      const { changelog, presentChangelog } = await import("../commands/changelog.ts");
      const found = await changelog(await context(), range);
      return done(found, presentChangelog(found));
    },
  },
  {
    synopsis: "show ENV [ID]",
    about: "entries whole: of an entry's number, a rollout, a release, or the newest rollout",
    run: async (request) => {
      const { presentEntries, show } = await import("../commands/show.ts");
      const entries = await show(await request.context(), environment(request), request.args[1]);
      return done(entries, presentEntries(entries));
    },
  },
  {
    synopsis: "audit ENV",
    about: "the ledger against itself and against what the platform's deployments say of it",
    run: async (request) => {
      const { audit, presentAudit } = await import("../commands/audit.ts");
      const found = await audit(await request.context(), environment(request));
      return { value: found, text: presentAudit(found), exitCode: found.findings.length > 0 ? 6 : 0 };
    },
  },
  {
    synopsis: "lock ENV REASON",
    about: "hold ENV: no delivery begins, a rollback works",
    run: async (request) => {
      const { lock, presentHeld } = await import("../commands/lock.ts");
      const held = await lock(await request.context(), environment(request), request.args[1] ?? "");
      return done(held, presentHeld(held));
    },
  },
  {
    synopsis: "unlock ENV",
    about: "let deliveries begin again",
    run: async (request) => {
      const { presentHeld, unlock } = await import("../commands/lock.ts");
      const held = await unlock(await request.context(), environment(request));
      return done(held, presentHeld(held));
    },
  },
  {
    synopsis: "tag ENV",
    about: "tag the commit of what ENV has proven last",
    run: async (request) => {
      const { tag } = await import("../commands/tag.ts");
      const tagged = await tag(await request.context(), environment(request));
      return done(tagged, `${tagged.tag}\n`);
    },
  },
];

function done(value: unknown, text: string): Outcome {
  return { value, text, exitCode: 0 };
}

function delivered(value: Delivered): Outcome {
  const { environment: name, url, releaseId, versionId } = value;
  return done(value, `${name} serves ${releaseId} (version ${versionId.slice(0, 8)}) at ${url}\n`);
}

function deliveryOptions({ values }: CommandRequest): DeployOptions {
  const reasons = {
    contract: values["allow-contract"],
    duringFreeze: values["during-freeze"],
    rollForward: values["roll-forward"],
    older: values.older,
    breakGlass: values["break-glass"],
  };
  const exceptions = Object.fromEntries(Object.entries(reasons).filter(([, reason]) => reason !== undefined));
  return { release: values.release, exceptions };
}

/** The first argument, which the synopsis asks for. */
function environment({ args: [name = ""] }: CommandRequest): string {
  return name;
}
