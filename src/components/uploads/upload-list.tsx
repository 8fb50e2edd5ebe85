import { useRefreshShop } from "../../clients/change.ts";
import { useUploads } from "../../clients/uploads/use-uploads.ts";
import { TransferRow } from "./transfer-row.tsx";
import { UnfinishedRow } from "./unfinished-row.tsx";

interface UploadListProps {
  /** The variant's or the model's id. */
  readonly place: string;
}

/** What is on its way to a variant or a model, and what was begun before the page was loaded. */
export function UploadList({ place }: UploadListProps) {
  const { transfers, unfinished } = useUploads(place);
  const refresh = useRefreshShop();
  if (transfers.length + unfinished.length === 0) return null;
  return (
    <ul aria-label="Uploads" className="space-y-3">
      {transfers.map((transfer) => (
        <TransferRow key={transfer.key} transfer={transfer} />
      ))}
      {unfinished.map((upload) => (
        <UnfinishedRow key={upload.id} upload={upload} onDone={refresh} />
      ))}
    </ul>
  );
}
