import { createFileRoute, redirect } from "@tanstack/react-router";
import { apiCodeOf } from "../clients/api.ts";

/** Around every page of who is signed in. Anybody else is asked to sign in, and comes back afterwards. */
export const Route = createFileRoute("/_app")({
  headers: () => ({ "cache-control": "no-store" }),
  beforeLoad: async ({ context: { queryClient, trpc }, location }) => {
    try {
      return { user: await queryClient.ensureQueryData(trpc.me.queryOptions()) };
    } catch (error) {
      if (apiCodeOf(error) !== "UNAUTHORIZED") throw error;
      throw redirect({ to: "/sign-in", search: { next: location.href } });
    }
  },
});
