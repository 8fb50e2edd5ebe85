import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useApi, type User } from "../../clients/api.ts";
import { NEXT_PAGE } from "../../clients/pages.ts";
import { DataList } from "../ui/data-list.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { MoreButton } from "../ui/more-button.tsx";
import { UserRow } from "./user-row.tsx";

interface UserListProps {
  /** Part of a name or an address. */
  readonly search: string;
  /** Who looks. */
  readonly self: User;
}

/** Who has an account, page by page, the newest first. */
export function UserList({ search, self }: UserListProps) {
  const list = useSuspenseInfiniteQuery(useApi().admin.users.infiniteQueryOptions({ search }, NEXT_PAGE));
  const users = list.data.pages.flatMap(({ items }) => items);
  if (users.length === 0)
    return <EmptyState title="Nobody is called that">Look for a part of a name or of an address.</EmptyState>;
  return (
    <>
      <DataList label="Users">
        {users.map((user) => (
          <UserRow key={user.id} user={user} self={self} />
        ))}
      </DataList>
      <MoreButton list={list} />
    </>
  );
}
