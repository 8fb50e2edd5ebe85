import Download from "lucide-react/icons/download";
import { useState } from "react";
import { Button, SECONDARY } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { DeleteAccountDialog } from "./delete-account-dialog.tsx";

const EXPORT_PATH = "/api/account/export";

/** Everything that FM5 has of somebody: to take along, and to delete. */
export function YourData() {
  const [deleting, setDeleting] = useState(false);
  return (
    <Card title="Your data">
      <p className="mb-4 text-pretty text-soft">
        Download all of it as one archive: what FM5 knows as JSON, and your files as you uploaded them.
      </p>
      <div className="flex flex-wrap gap-3">
        <a href={EXPORT_PATH} className={SECONDARY}>
          <Download />
          Download everything
        </a>
        <Button look="secondary" onClick={() => setDeleting(true)}>
          Delete account …
        </Button>
      </div>
      <DeleteAccountDialog open={deleting} onOpenChange={setDeleting} />
    </Card>
  );
}
