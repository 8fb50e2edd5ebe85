import { createFileRoute, Link } from "@tanstack/react-router";
import { PRIMARY } from "../../components/ui/button.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { PageHeader } from "../../components/ui/page-header.tsx";

export const Route = createFileRoute("/_app/dashboard")({
  head: () => ({ meta: [{ title: "Dashboard · FM5" }] }),
  component: Dashboard,
});

function Dashboard() {
  const { user } = Route.useRouteContext();
  return (
    <>
      <PageHeader title="Dashboard" description={`Signed in as ${user.name}`} />
      <EmptyState
        title="Nothing here yet"
        action={
          <Link to="/files" className={PRIMARY}>
            Upload a file
          </Link>
        }
      />
    </>
  );
}
