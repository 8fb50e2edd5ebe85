import {
  type MutationFunction,
  type QueryClient,
  type QueryKey,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { useToast } from "../components/ui/toast.ts";
import { type Api, sentenceFor, useApi } from "./api.ts";

/** What is shown at once, as if the change had happened already. */
export interface Guess<Input> {
  readonly queryKey: QueryKey;
  readonly show: (queryClient: QueryClient, input: Input) => void;
}

interface Change<Input, Output> {
  readonly mutation: { readonly mutationFn?: MutationFunction<Output, Input> };
  readonly guess?: Guess<Input>;
  /** What to tell when it is done. */
  readonly done?: (output: Output, input: Input) => string;
  readonly onDone?: (output: Output, input: Input) => void;
  /** Tells what went wrong beside what was asked, so that no toast has to. */
  readonly tellsItself?: boolean;
}

/**
 * A change of the shop's stock, models or queue. What was guessed is taken back when it fails, and a toast says why; whatever is
 * shown of the shop is asked for again afterwards, since each of its pages depends on the others.
 */
export function useShopChange<Input, Output>(change: Change<Input, Output>) {
  const { mutation, guess, done, onDone, tellsItself = false } = change;
  const queryClient = useQueryClient();
  const toast = useToast();
  const api = useApi();
  return useMutation({
    ...(mutation.mutationFn === undefined ? {} : { mutationFn: mutation.mutationFn }),
    onMutate: async (input: Input) => {
      if (guess === undefined) return [];
      await queryClient.cancelQueries({ queryKey: guess.queryKey });
      const shown = queryClient.getQueriesData({ queryKey: guess.queryKey });
      guess.show(queryClient, input);
      return shown;
    },
    onError: (error, _input, shown = []) => {
      for (const [queryKey, data] of shown) queryClient.setQueryData(queryKey, data);
      if (!tellsItself) toast.bad(sentenceFor(error));
    },
    onSuccess: (output, input) => {
      if (done !== undefined) toast.good(done(output, input));
      onDone?.(output, input);
    },
    onSettled: () => refreshShop(queryClient, api),
  });
}

/** Asks again for whatever is shown of the shop: for a change that is no call of the API. */
export function useRefreshShop(): () => void {
  const queryClient = useQueryClient();
  const api = useApi();
  return () => void refreshShop(queryClient, api);
}

async function refreshShop(queryClient: QueryClient, api: Api): Promise<void> {
  const { filaments, spools, models, jobs, shopping, dashboard, search } = api;
  const parts = [filaments, spools, models, jobs, shopping, dashboard, search];
  await Promise.all(parts.map((part) => queryClient.invalidateQueries({ queryKey: part.pathKey() })));
}
