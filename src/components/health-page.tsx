import type { HealthReport, ServiceState } from "health-contract/report";
import { Card } from "./ui/card.tsx";
import { Facts } from "./ui/facts.tsx";

interface HealthPageProps {
  readonly report: HealthReport;
  /** Names of required settings that the Worker lacks. */
  readonly missing: readonly string[];
}

const SERVICES = [
  { name: "database", title: "Database", text: "Accounts and sessions" },
  { name: "schema", title: "Schema", text: "Tables as this release needs them" },
  { name: "storage", title: "File storage", text: "Uploads and downloads" },
  { name: "email", title: "E-mail", text: "Messages to people" },
] as const;

const STATES: Readonly<Record<ServiceState, { readonly text: string; readonly look: string }>> = {
  ok: { text: "Works", look: "text-good" },
  slow: { text: "Too slow", look: "text-warn" },
  behind: { text: "Behind", look: "text-bad" },
  down: { text: "Down", look: "text-bad" },
};

/** The health report for people. */
export function HealthPage({ report, missing }: HealthPageProps) {
  return (
    <div className="space-y-6">
      <header>
        <h1 className="text-3xl font-bold tracking-tight">{headline(report)}</h1>
        <p className="mt-2 text-soft">
          Asked at{" "}
          <time dateTime={report.checkedAt}>{report.checkedAt.replace("T", " ").slice(0, 19)} UTC</time>
        </p>
      </header>

      <Card title="Services">
        <ul className="divide-y divide-line">
          {SERVICES.map(({ name, title, text }) => (
            <li key={name} className="flex items-center justify-between gap-4 py-3 first:pt-0 last:pb-0">
              <div>
                <p className="font-medium">{title}</p>
                <p className="text-sm text-soft">{text}</p>
              </div>
              <p className="text-right">
                <span className={`font-semibold ${STATES[report.services[name]].look}`}>
                  {STATES[report.services[name]].text}
                </span>
                <span className="block font-mono text-sm text-soft">
                  {report.latenciesMs[name] ?? "–"} ms
                </span>
              </p>
            </li>
          ))}
        </ul>
      </Card>

      <Card title="Answering now">
        <Facts
          facts={[
            ["Release", report.release],
            ["Version", report.version],
            ["Environment", report.environment],
            ["Newest migration", report.schemaVersion ?? "none"],
          ]}
        />
      </Card>

      <Card title="Configuration">
        <p className="text-soft">
          {missing.length === 0 ? "Every required setting is there." : `Missing: ${missing.join(", ")}.`}
        </p>
      </Card>
    </div>
  );
}

function headline({ status, services }: HealthReport): string {
  if (status === "unhealthy") return "FM5 is not well.";
  return services.email === "ok" ? "FM5 is well." : "FM5 is well, but sends no e-mail.";
}
