import { createFileRoute } from "@tanstack/react-router";
import { NEXT_PAGE } from "../../../clients/pages.ts";
import { UserList } from "../../../components/admin/user-list.tsx";
import { UserSearch } from "../../../components/admin/user-search.tsx";

interface UsersAddress {
  readonly q?: string;
}

export const Route = createFileRoute("/_app/admin/users")({
  validateSearch: ({ q }: Readonly<Record<string, unknown>>): UsersAddress =>
    typeof q === "string" && q !== "" ? { q: q.slice(0, 200) } : {},
  loaderDeps: ({ search: { q = "" } }) => ({ search: q }),
  head: () => ({ meta: [{ title: "Users · FM5" }] }),
  loader: ({ context: { queryClient, trpc }, deps }) =>
    queryClient
      .ensureInfiniteQueryData(trpc.admin.users.infiniteQueryOptions(deps, NEXT_PAGE))
      .then(() => undefined),
  component: Users,
});

function Users() {
  const { q = "" } = Route.useSearch();
  const { user } = Route.useRouteContext();
  return (
    <>
      <UserSearch q={q} />
      <UserList search={q} self={user} />
    </>
  );
}
