import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ApiOutputs, useApi } from "../../clients/api.ts";
import { NEXT_PAGE } from "../../clients/pages.ts";
import { EVENT_WORDS } from "../account/activity-list.tsx";
import { DataList, DataRow } from "../ui/data-list.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { MoreButton } from "../ui/more-button.tsx";
import { Time } from "../ui/time.tsx";

type ListedEvent = ApiOutputs["admin"]["events"]["items"][number];

/** What happened, newest first. @param user an account's id, or null for all accounts */
export function EventList({ user }: { readonly user: string | null }) {
  const list = useSuspenseInfiniteQuery(
    useApi().admin.events.infiniteQueryOptions({ userId: user }, NEXT_PAGE),
  );
  const events = list.data.pages.flatMap(({ items }) => items);
  if (events.length === 0)
    return <EmptyState title="Nothing happened">Events are kept for 400 days.</EmptyState>;
  return (
    <>
      <DataList label="Events">
        {events.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </DataList>
      <MoreButton list={list} />
    </>
  );
}

function EventRow({ event }: { readonly event: ListedEvent }) {
  const { type, at, userId, email, requestId } = event;
  return (
    <DataRow
      end={
        <span className="text-sm text-soft">
          <Time at={at} />
        </span>
      }
    >
      <p className={`font-medium ${type === "sign_in_failed" ? "text-warn" : ""}`}>{EVENT_WORDS[type]}</p>
      <p className="text-sm">
        <Link
          to="/admin/events"
          search={{ user: userId }}
          className="inline-flex min-h-11 items-center break-all text-soft underline underline-offset-4 hover:text-ink sm:min-h-0"
        >
          {email ?? `An account that is gone, ${userId}`}
        </Link>
      </p>
      <p className="font-mono text-xs break-all text-soft">request {requestId}</p>
    </DataRow>
  );
}
