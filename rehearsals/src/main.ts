import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { createNarrator } from "./narrator.ts";
import { rehearse, type Rehearsed } from "./rehearse.ts";
import { NotARepository } from "./source.ts";
import { CloudFailed } from "./cloud-process.ts";

const HELP = `Usage
  npm start                      deliver FM5 to staging and production of a local cloud, and stay until Ctrl-C
  npm run rehearse [-- --json]   the same on free ports, and exit with a report

Options
  --json       the report as one JSON document on standard output
  --data DIR   where the local cloud keeps its state; it is emptied first
`;

/** Ports of a local cloud that stays: easy to remember, and named by the README. */
const STARTED_PORTS = [8700, 8701, 8702] as const;
const FREE_PORTS = [0, 0, 0] as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean" }, data: { type: "string" }, help: { type: "boolean" } },
    allowPositionals: true,
  });
  const [command] = positionals;
  if (values.help === true || (command !== "start" && command !== "rehearse")) {
    process.stdout.write(HELP);
    return values.help === true ? 0 : 2;
  }
  const project = resolve(import.meta.dirname, "..", "..");
  const stays = command === "start";
  const abort = new AbortController();
  const stopped = onSignal(() => abort.abort());
  const dataDir = resolve(
    values.data ?? join(project, ".local-cloud", stays ? "start" : `rehearse-${process.pid}`),
  );
  const narrator = createNarrator();
  try {
    const rehearsed = await rehearse({
      project,
      dataDir,
      ports: stays ? STARTED_PORTS : FREE_PORTS,
      narrator,
      signal: abort.signal,
    });
    if (stays) {
      process.stderr.write(invitation(rehearsed));
      await stopped;
      process.stderr.write("\nstopping…\n");
    }
    const report = await rehearsed.finish();
    for (const failure of report.failures) process.stderr.write(`✗ ${failure}\n`);
    process.stderr.write(
      `\n${report.ok ? "✓ everything as expected" : "✗ not everything as expected"}: ${report.requests.sent} requests, ${report.requests.failed} failed, ${(report.durationMs / 1000).toFixed(0)} s\n`,
    );
    if (values.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
    return report.ok ? 0 : 3;
  } catch (error) {
    if (abort.signal.aborted) return 130;
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof NotARepository) {
    process.stderr.write(
      `${error.message} is no git repository, so there is no commit to make a release of.\n  Clone the project with git instead of unpacking an archive of it.\n`,
    );
    return 2;
  }
  if (error instanceof CloudFailed) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`\n✗ ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}

function onSignal(handle: () => void): Promise<void> {
  return new Promise((resolve_) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        handle();
        resolve_();
      });
    }
  });
}

function invitation({ stage }: Rehearsed): string {
  const { edgeUrl, inboxUrl } = stage.world.ready;
  const { port } = new URL(edgeUrl);
  return `
  FM5 runs in both environments, on the release that was delivered first:

    staging     http://fm5-staging.localhost:${port}/
    production  http://fm5-production.localhost:${port}/
    inbox       ${inboxUrl}

  Ctrl-C stops everything.

`;
}
