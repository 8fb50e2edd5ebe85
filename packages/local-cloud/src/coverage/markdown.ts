import type { Coverage, Documented, RouteDoc } from "../http/routes.ts";

const HEAD = `# Coverage

What the local cloud supports, refuses, or does nearly as the real service does. Written by \`npx local-cloud coverage\` from the tables of its routes: don't edit it.

A request that is not listed here is answered with 501 and code 10501, noted as \`NO SUCH ROUTE\`, and fails a rehearsal. A value of another shape than the real service takes is refused with its code.

\`?name\` is a query parameter, \`→ name\` a field of the answer, any other name a field of the body or a behaviour.
`;

/** docs/coverage.md: a section per service, in alphabetical order; routes in the order of their path. */
export function coverageMarkdown(documented: readonly Documented[]): string {
  const entries = documented.flatMap(({ method, path, doc }) => (doc ? [{ method, path, doc }] : []));
  const services = [...new Set(entries.map(({ doc }) => doc.service))].sort(alphabetically);
  const sections = services.map((service) => {
    const own = entries
      .filter(({ doc }) => doc.service === service)
      .sort((a, b) => alphabetically(`${a.path} ${a.method}`, `${b.path} ${b.method}`));
    return `## ${service}\n\n${sources(own)}${own.map(item).join("\n")}\n`;
  });
  return [HEAD, ...sections].join("\n");
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly doc: RouteDoc;
}

function sources(entries: readonly Entry[]): string {
  const pages = [...new Set(entries.flatMap(({ doc }) => (doc.source === undefined ? [] : [doc.source])))];
  return pages.length === 0 ? "" : `${pages.map((page) => `<${page}>`).join("  \n")}\n\n`;
}

function item({ method, path, doc }: Entry): string {
  const fields = Object.entries(doc.fields ?? {}).map(
    ([name, coverage]) => `  - \`${name}\`: ${said(coverage)}`,
  );
  const whole = doc.coverage === undefined || doc.coverage === "supported" ? "" : `; ${said(doc.coverage)}`;
  return [`- \`${method} ${path}\`: ${escaped(doc.summary)}${whole}`, ...fields].join("\n");
}

function said(coverage: Coverage): string {
  const [kind = "", ...how] = coverage.split(": ");
  return how.length === 0 ? kind : `**${kind}**: ${escaped(how.join(": "))}`;
}

/** Plain text may hold what Markdown takes for its own. */
function escaped(text: string): string {
  return text.replaceAll(/[*_<>[\]]/gu, "\\$&");
}

function alphabetically(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
