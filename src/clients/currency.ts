import { useRouteContext } from "@tanstack/react-router";

/** The shop's currency, ISO 4217; on pages for who is signed in. */
export function useCurrency(): string {
  return useRouteContext({ from: "/_app", select: ({ user }) => user.currency });
}
