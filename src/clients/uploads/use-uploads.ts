import { useSyncExternalStore } from "react";
import { currentTransfers, placeOf, type Transfer, watchTransfers } from "./transfers.ts";
import { type UnfinishedUpload, unfinishedUploads, watchUnfinished } from "./unfinished.ts";

interface Uploads {
  readonly transfers: readonly Transfer[];
  /** What was begun before the page was loaded. */
  readonly unfinished: readonly UnfinishedUpload[];
}

const NONE: readonly never[] = [];
const nothing = () => NONE;

/** What is on its way to a variant or to a model, or was. @param place the one's or the other's id */
export function useUploads(place: string): Uploads {
  const transfers = useSyncExternalStore(watchTransfers, currentTransfers, nothing);
  const begun = useSyncExternalStore(watchUnfinished, unfinishedUploads, nothing);
  const going = new Set(transfers.map(({ id }) => id));
  return {
    transfers: transfers.filter(({ attachTo }) => placeOf(attachTo) === place),
    unfinished: begun.filter(({ id, attachTo }) => placeOf(attachTo) === place && !going.has(id)),
  };
}
