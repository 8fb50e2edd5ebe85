import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { type ApiOutputs, sentenceFor, useApi } from "../../clients/api.ts";
import { useToast } from "../ui/toast.ts";

export type ListedUser = ApiOutputs["admin"]["users"]["items"][number];

type Role = ListedUser["role"];
type Users = InfiniteData<ApiOutputs["admin"]["users"]>;

/** Changes a role: shown at once, taken back where that fails. Who takes it from themselves leaves these pages. */
export function useRoleChange(user: ListedUser, isSelf: boolean): (role: Role) => void {
  const api = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const leave = useLeaving();
  const shown = api.admin.users.infiniteQueryFilter();
  const show = (role: Role) =>
    queries.setQueriesData<Users>(shown, (users) => withRole(users, user.id, role));

  const change = useMutation(
    api.admin.setRole.mutationOptions({
      onMutate: ({ role }) => void show(role),
      onError: (error) => {
        show(user.role);
        toast.bad(sentenceFor(error));
      },
      onSuccess: async (_output, { role }) => {
        toast.good(role === "admin" ? `${user.name} is an admin.` : `${user.name} is no admin any more.`);
        if (isSelf) await leave();
      },
    }),
  );
  return (role) => change.mutate({ userId: user.id, role });
}

function withRole(users: Users | undefined, id: string, role: Role): Users | undefined {
  if (users === undefined) return undefined;
  const pages = users.pages.map((page) => ({
    ...page,
    items: page.items.map((item) => (item.id === id ? { ...item, role } : item)),
  }));
  return { ...users, pages };
}

function useLeaving(): () => Promise<void> {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  return async () => {
    await navigate({ to: "/dashboard" });
    queries.setQueryData(api.me.queryKey(), (me) =>
      me === undefined ? me : { ...me, role: "owner" as const },
    );
    await router.invalidate();
  };
}
