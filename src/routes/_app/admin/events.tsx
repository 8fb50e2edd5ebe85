import { createFileRoute, Link } from "@tanstack/react-router";
import { NEXT_PAGE } from "../../../clients/pages.ts";
import { EventList } from "../../../components/admin/event-list.tsx";
import { SECONDARY } from "../../../components/ui/button.tsx";

interface EventsAddress {
  /** An account's id. */
  readonly user?: string;
}

export const Route = createFileRoute("/_app/admin/events")({
  validateSearch: ({ user }: Readonly<Record<string, unknown>>): EventsAddress =>
    typeof user === "string" && user !== "" ? { user: user.slice(0, 64) } : {},
  loaderDeps: ({ search: { user = null } }) => ({ userId: user }),
  head: () => ({ meta: [{ title: "Events · FM5" }] }),
  loader: ({ context: { queryClient, trpc }, deps }) =>
    queryClient
      .ensureInfiniteQueryData(trpc.admin.events.infiniteQueryOptions(deps, NEXT_PAGE))
      .then(() => undefined),
  component: Events,
});

function Events() {
  const { user = null } = Route.useSearch();
  return (
    <>
      {user === null ? null : (
        <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
          <p className="text-soft">What happened to one account.</p>
          <Link to="/admin/events" className={SECONDARY}>
            Show all
          </Link>
        </div>
      )}
      <EventList user={user} />
    </>
  );
}
