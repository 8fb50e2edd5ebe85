import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ApiOutputs, sentenceFor, useApi } from "../../clients/api.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Time } from "../ui/time.tsx";
import { useToast } from "../ui/toast.ts";
import { deviceName } from "./device.ts";

type Overview = ApiOutputs["account"]["overview"];
type Session = Overview["sessions"][number];

/** Where the account is signed in, and the way to end that. */
export function SessionList({ sessions }: { readonly sessions: readonly Session[] }) {
  const end = useEndSessions();
  return (
    <Card title="Signed in on">
      <ul className="divide-y divide-line">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => end.one(session.id)} />
        ))}
      </ul>
      {sessions.length < 2 ? null : (
        <div className="mt-4">
          <Button look="secondary" busy={end.busy} onClick={end.others}>
            Sign out everywhere else
          </Button>
        </div>
      )}
    </Card>
  );
}

function SessionRow({ session, onEnd }: { readonly session: Session; readonly onEnd: () => void }) {
  const { current, signedInAt, seenAt, address, userAgent } = session;
  const device = deviceName(userAgent);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0">
        <p className="font-medium">
          {device} {current ? <Badge tone="good">This one</Badge> : null}
        </p>
        <p className="text-sm text-soft">
          Since <Time at={signedInAt} />, seen <Time at={seenAt} />
          {address === null ? null : <span className="inline-block break-all">&nbsp;from {address}</span>}
        </p>
      </div>
      {current ? null : (
        <Button look="quiet" onClick={onEnd} aria-label={`Sign out ${device}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}

/** Takes sessions off the list at once, and puts them back where that fails. */
function useEndSessions() {
  const api = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const { queryKey } = api.account.overview.queryOptions();

  const keepOnly = async (kept: (session: Session) => boolean) => {
    await queries.cancelQueries({ queryKey });
    const before = queries.getQueryData(queryKey);
    queries.setQueryData(queryKey, (overview) =>
      overview === undefined ? overview : { ...overview, sessions: overview.sessions.filter(kept) },
    );
    return { before };
  };
  const settle = {
    onError: (error: unknown, _input: unknown, context: { before: Overview | undefined } | undefined) => {
      queries.setQueryData(queryKey, context?.before);
      toast.bad(sentenceFor(error));
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  };
  const one = useMutation(
    api.account.revokeSession.mutationOptions({
      onMutate: ({ id }) => keepOnly((s) => s.id !== id),
      ...settle,
    }),
  );
  const others = useMutation(
    api.account.revokeOtherSessions.mutationOptions({
      onMutate: () => keepOnly(({ current }) => current),
      ...settle,
    }),
  );
  return {
    busy: others.isPending,
    one: (id: string) => one.mutate({ id }),
    others: () => others.mutate(),
  };
}
