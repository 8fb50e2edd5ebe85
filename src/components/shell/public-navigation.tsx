import { useQueryClient } from "@tanstack/react-query";
import { Link, rootRouteId, useLoaderData } from "@tanstack/react-router";
import { useApi } from "../../clients/api.ts";
import { LINK } from "./signed-in-navigation.tsx";

/** The way in; for whoever has been here before, the way back. */
export function PublicNavigation() {
  return (
    <nav aria-label="Main" className="ml-auto flex items-center gap-1">
      <Link to="/health" className={LINK}>
        Health
      </Link>
      {useMayBeSignedIn() ? (
        <Link to="/dashboard" className={LINK}>
          Dashboard
        </Link>
      ) : (
        <Link to="/sign-in" className={LINK}>
          Sign in
        </Link>
      )}
    </nav>
  );
}

/** By the session's cookie, which only the server sees, or since this page has been used by somebody who is. */
export function useMayBeSignedIn(): boolean {
  const { mayBeSignedIn } = useLoaderData({ from: rootRouteId });
  const user = useQueryClient().getQueryData(useApi().me.queryKey());
  return mayBeSignedIn || user !== undefined;
}
