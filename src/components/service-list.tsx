import type { HealthReport, ServiceState } from "health-contract/report";

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

/** Each service that FM5 needs, how it is and how long it took to answer. */
export function ServiceList({ report }: { readonly report: HealthReport }) {
  return (
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
            <span className="block font-mono text-sm text-soft">{report.latenciesMs[name] ?? "–"} ms</span>
          </p>
        </li>
      ))}
    </ul>
  );
}
