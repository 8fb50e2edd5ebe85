import { useSyncExternalStore } from "react";
import { tokenInAddress } from "../../clients/account.ts";

/** The secret of the link that led here: undefined until the page's script runs, null where there is none. */
export function useLinkToken(): string | null | undefined {
  return useSyncExternalStore<string | null | undefined>(followHash, tokenInAddress, () => undefined);
}

function followHash(onChange: () => void): () => void {
  globalThis.addEventListener("hashchange", onChange);
  return () => globalThis.removeEventListener("hashchange", onChange);
}
