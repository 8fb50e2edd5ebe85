import { PLACEHOLDER_HOST } from "../config/scaffold.ts";
import type { Finding } from "./finding.ts";

/** Whether each environment has an address, and one of its own. */
export function judgeUrls(urls: ReadonlyMap<string, string>): readonly Finding[] {
  const area = "configuration";
  const hosts = [...urls].map(([name, url]) => ({ name, host: new URL(url).host }));
  const placeholders = hosts.filter(({ host }) => host === PLACEHOLDER_HOST);
  const others = Map.groupBy(
    hosts.filter(({ host }) => host !== PLACEHOLDER_HOST),
    ({ host }) => host,
  );
  return [
    ...placeholders.map(({ name }): Finding => {
      const remedy = `environments.${name}.url in delivery.config.ts: where its users reach it`;
      return { area, state: "missing", sentence: `url of ${name} is the placeholder`, remedy };
    }),
    ...[...others]
      .filter(([, sharing]) => sharing.length > 1)
      .map(([host, sharing]): Finding => {
        const sentence = `${sharing.map(({ name }) => name).join(" and ")} have one url, ${host}`;
        return { area, state: "missing", sentence, remedy: "Give each an address of its own" };
      }),
  ];
}

/** Whether a workflow waits for the approval of an environment. `text` is the file's; undefined where there is none. */
export function judgeWorkflow(environment: string, workflow: string, text: string | undefined): Finding {
  const area = "GitHub";
  const mentions = new RegExp(`(?<![\\w-])${environment}(?![\\w-])`, "u");
  if (text !== undefined && mentions.test(text))
    return { area, state: "ok", sentence: `.github/workflows/${workflow} mentions ${environment}` };
  return {
    area,
    state: "missing",
    sentence:
      text === undefined
        ? `${environment} is approved in a workflow, and there is no .github/workflows/${workflow}`
        : `${environment} is approved in a workflow, and .github/workflows/${workflow} doesn't mention it`,
    remedy: `Make a job with environment: ${environment} that runs npx delivery promote ${environment}; or name another file by environments.${environment}.workflow`,
  };
}
