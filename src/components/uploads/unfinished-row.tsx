import { useState } from "react";
import { sizeInWords } from "../../../lib/files/sizes.ts";
import { giveUpUpload, startTransfer } from "../../clients/uploads/transfers.ts";
import { isSameFile, type UnfinishedUpload } from "../../clients/uploads/unfinished.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { FileButton } from "./file-button.tsx";
import { ROW } from "./transfer-row.tsx";

interface UnfinishedRowProps {
  readonly upload: UnfinishedUpload;
  readonly onDone: () => void;
}

/** An upload that a reload has stopped: pages may read a file again only when it is chosen again. */
export function UnfinishedRow({ upload, onDone }: UnfinishedRowProps) {
  const [other, setOther] = useState<string | null>(null);
  const { id, file, attachTo } = upload;

  function goOn([chosen]: readonly File[]) {
    if (chosen === undefined) return;
    if (isSameFile(chosen, file)) startTransfer({ file: chosen, attachTo, onDone });
    else setOther(chosen.name);
  }

  return (
    <li className={ROW}>
      <p className="font-medium break-words">{file.name}</p>
      <p className="text-sm text-soft">
        Not uploaded to its end. Choose the same file ({sizeInWords(file.size)}), and it goes on where it
        stopped.
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <FileButton look="secondary" onFiles={goOn}>
          Choose {file.name}
        </FileButton>
        <Button look="quiet" onClick={() => giveUpUpload(id)}>
          Give it up
        </Button>
      </div>
      <div className={other === null ? "" : "mt-3"}>
        <Notice
          message={other === null ? null : `${other} isn’t the same file, or it was changed since.`}
          tone="bad"
        />
      </div>
    </li>
  );
}
