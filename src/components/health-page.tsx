import type { HealthReport } from "health-contract/report";
import { AnsweringFacts } from "./answering-facts.tsx";
import { ServiceList } from "./service-list.tsx";
import { Card } from "./ui/card.tsx";

interface HealthPageProps {
  readonly report: HealthReport;
  /** Names of required settings that the Worker lacks. */
  readonly missing: readonly string[];
}

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
        <ServiceList report={report} />
      </Card>

      <Card title="Answering now">
        <AnsweringFacts report={report} />
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
