import { Link, rootRouteId, useLoaderData } from "@tanstack/react-router";
import { LINK } from "./signed-in-navigation.tsx";

/** The way in; for whoever has been here before, the way back. */
export function PublicNavigation() {
  const { maySignedIn } = useLoaderData({ from: rootRouteId });
  return (
    <nav aria-label="Main" className="ml-auto flex items-center gap-1">
      <Link to="/health" className={LINK}>
        Health
      </Link>
      {maySignedIn ? (
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
