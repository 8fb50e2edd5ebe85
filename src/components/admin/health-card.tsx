import { useQuery } from "@tanstack/react-query";
import { sentenceFor, useApi } from "../../clients/api.ts";
import { AnsweringFacts } from "../answering-facts.tsx";
import { ServiceList } from "../service-list.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Time } from "../ui/time.tsx";

/** How the services are. Asked by the browser: the page doesn't wait for the slowest of them. */
export function HealthCard() {
  return (
    <Card title="Services">
      <FoundHealth />
    </Card>
  );
}

function FoundHealth() {
  const health = useQuery(useApi().admin.health.queryOptions(undefined, { staleTime: 0 }));
  const { data: report, error, isFetching, refetch } = health;
  if (error !== null) return <ErrorState message={sentenceFor(error)} onRetry={() => void refetch()} />;
  if (report === undefined) return <Skeleton />;
  return (
    <>
      <ServiceList report={report} />
      <div className="my-5 border-t border-line pt-5">
        <AnsweringFacts report={report} />
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-soft">
          Asked at <Time at={report.checkedAt} />
        </p>
        <Button look="secondary" busy={isFetching} onClick={() => void refetch()}>
          Ask again
        </Button>
      </div>
    </>
  );
}
