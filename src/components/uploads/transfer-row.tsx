import CircleAlert from "lucide-react/icons/circle-alert";
import Pause from "lucide-react/icons/pause";
import Play from "lucide-react/icons/play";
import RotateCw from "lucide-react/icons/rotate-cw";
import X from "lucide-react/icons/x";
import { sizeInWords } from "../../../lib/files/sizes.ts";
import {
  cancelTransfer,
  pauseTransfer,
  resumeTransfer,
  type Transfer,
} from "../../clients/uploads/transfers.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Progress } from "../ui/progress.tsx";

/** The look of something that goes on or waits to. */
export const ROW = "rounded-lg border border-line bg-sunken/50 px-4 py-3";

const STATES: Readonly<Record<Transfer["state"], string>> = {
  waiting: "Waits for its turn",
  sending: "Uploading",
  ending: "Checking",
  paused: "Paused",
  failed: "Failed",
};

/** A file on its way: how far it has come, and what can be done about it. */
export function TransferRow({ transfer }: { readonly transfer: Transfer }) {
  const { file, sentBytes, state, problem } = transfer;
  return (
    <li className={ROW}>
      <div className="flex items-center gap-1">
        <div className="min-w-0 flex-1">
          <p className="font-medium break-words">{file.name}</p>
          <p className="text-sm text-soft tabular-nums">
            <output>{STATES[state]}</output> · {sizeInWords(sentBytes)} of {sizeInWords(file.size)}
          </p>
        </div>
        <TransferActions transfer={transfer} />
      </div>
      <div className="mt-2">
        <Progress
          label={`Upload of ${file.name}`}
          value={sentBytes}
          max={file.size}
          tone={state === "failed" ? "bad" : "accent"}
        />
      </div>
      <div role="alert">
        {problem === null ? null : (
          <p className="mt-2 flex gap-2 text-sm font-medium text-bad">
            <CircleAlert className="size-5 shrink-0" />
            {problem}
          </p>
        )}
      </div>
    </li>
  );
}

function TransferActions({ transfer: { key, state, file } }: { readonly transfer: Transfer }) {
  return (
    <>
      {state === "sending" ? (
        <IconButton label={`Pause ${file.name}`} onClick={() => pauseTransfer(key)}>
          <Pause />
        </IconButton>
      ) : null}
      {state === "paused" ? (
        <IconButton label={`Go on with ${file.name}`} onClick={() => resumeTransfer(key)}>
          <Play />
        </IconButton>
      ) : null}
      {state === "failed" ? (
        <IconButton label={`Try ${file.name} again`} onClick={() => resumeTransfer(key)}>
          <RotateCw />
        </IconButton>
      ) : null}
      {state === "ending" ? null : (
        <IconButton label={`Cancel ${file.name}`} onClick={() => cancelTransfer(key)}>
          <X />
        </IconButton>
      )}
    </>
  );
}
