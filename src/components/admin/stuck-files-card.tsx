import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ApiOutputs, sentenceFor, useApi } from "../../clients/api.ts";
import { Button } from "../ui/button.tsx";
import { useToast } from "../ui/toast.ts";
import { ListCard, Row } from "./system-cards.tsx";

type StuckFiles = ApiOutputs["admin"]["system"]["stuckFiles"];

/** Files whose reading has stopped, and the way to start it again. */
export function StuckFilesCard({ files }: { readonly files: StuckFiles }) {
  const retry = useRetry();
  return (
    <ListCard
      title="Files that are stuck"
      none="Every upload has been looked at."
      what="FM5 goes on with one when its owner opens it, or here. One that comes back has a reason in the log."
    >
      {files.map(({ id, since }) => (
        <Row key={id} at={since}>
          <code className="font-mono text-sm break-all">{id}</code>
          <div className="mt-1">
            <Button look="secondary" aria-label={`Look again: ${id}`} onClick={() => retry(id)}>
              Look again
            </Button>
          </div>
        </Row>
      ))}
    </ListCard>
  );
}

/** Takes a file off the list at once, and puts it back where that fails. */
function useRetry(): (id: string) => void {
  const api = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const queryKey = api.admin.system.queryKey();
  const retry = useMutation(
    api.admin.retryFile.mutationOptions({
      onMutate: async ({ id }) => {
        await queries.cancelQueries({ queryKey });
        const before = queries.getQueryData(queryKey);
        queries.setQueryData(queryKey, (system) =>
          system === undefined
            ? system
            : { ...system, stuckFiles: system.stuckFiles.filter((file) => file.id !== id) },
        );
        return before;
      },
      onError: (error, _input, before) => {
        queries.setQueryData(queryKey, before);
        toast.bad(sentenceFor(error));
      },
      onSuccess: () => toast.good("FM5 is looking at it again."),
    }),
  );
  return (id) => retry.mutate({ id });
}
