import type { HealthReport } from "health-contract/report";
import { Facts } from "./ui/facts.tsx";

/** Which release, version and environment answered, and how far its database is. */
export function AnsweringFacts({ report }: { readonly report: HealthReport }) {
  return (
    <Facts
      facts={[
        ["Release", report.release],
        ["Version", report.version],
        ["Environment", report.environment],
        ["Newest migration", report.schemaVersion ?? "none"],
      ]}
    />
  );
}
