import { useQueryClient } from "@tanstack/react-query";
import { useApi } from "../../clients/api.ts";

/** Asks for the account's sessions, events and mails anew. */
export function useAccountRefresh(): () => Promise<void> {
  const api = useApi();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: api.account.overview.queryKey() });
}
