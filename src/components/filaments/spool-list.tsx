import Archive from "lucide-react/icons/archive";
import ArchiveRestore from "lucide-react/icons/archive-restore";
import Ellipsis from "lucide-react/icons/ellipsis";
import Pencil from "lucide-react/icons/pencil";
import Scale from "lucide-react/icons/scale";
import { useState } from "react";
import { type ApiOutputs, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { useCurrency } from "../../clients/currency.ts";
import { dayText, gramsText, moneyText } from "../../texts/amounts.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { DataList, DataRow } from "../ui/data-list.tsx";
import { Menu } from "../ui/menu.tsx";
import { Progress } from "../ui/progress.tsx";
import { EditSpoolDialog } from "./spool-dialogs.tsx";
import { WeighDialog } from "./weigh-dialog.tsx";

type Spool = ApiOutputs["filaments"]["get"]["spools"][number];

/** A filament's spools, in the order in which prints use them up. */
export function SpoolList({ spools }: { readonly spools: readonly Spool[] }) {
  return (
    <DataList label="Spools">
      {spools.map((spool) => (
        <SpoolRow key={spool.id} spool={spool} />
      ))}
    </DataList>
  );
}

/** What people call a spool. */
function spoolName({ label, createdAt }: Pick<Spool, "label" | "createdAt">): string {
  return label === "" ? `Spool of ${dayText(createdAt)}` : label;
}

function SpoolRow({ spool }: { readonly spool: Spool }) {
  const currency = useCurrency();
  const { remainingGrams, netGrams, worthCents } = spool;
  return (
    <DataRow end={<SpoolActions spool={spool} />}>
      <p className="flex flex-wrap items-center gap-2 font-medium">
        {spoolName(spool)}
        {spool.archivedAt === null ? null : <Badge>Put away</Badge>}
      </p>
      <p className="mb-1.5 text-sm text-soft tabular-nums">
        {gramsText(remainingGrams)} of {gramsText(netGrams)}
        {worthCents > 0 ? ` · ${moneyText(worthCents, currency)}` : ""}
      </p>
      <Progress
        label={`Left on ${spoolName(spool)}`}
        value={Math.min(remainingGrams, netGrams)}
        max={netGrams}
      />
    </DataRow>
  );
}

type Shown = "weigh" | "edit" | "remove";

function SpoolActions({ spool }: { readonly spool: Spool }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const { remove, restore } = useThrowingAway(spool);
  const dialog = (name: Shown) => ({
    open: shown === name,
    onOpenChange: (open: boolean) => setShown(open ? name : null),
  });

  return (
    <>
      {spool.archivedAt === null ? (
        <Button look="secondary" aria-label={`Weigh ${spoolName(spool)}`} onClick={() => setShown("weigh")}>
          <Scale />
          Weigh
        </Button>
      ) : null}
      <Menu
        label={`More for ${spoolName(spool)}`}
        icon={<Ellipsis />}
        items={[
          { text: "Change", icon: <Pencil />, onSelect: () => setShown("edit") },
          spool.archivedAt === null
            ? { text: "Put away", icon: <Archive />, danger: true, onSelect: () => setShown("remove") }
            : {
                text: "Take out again",
                icon: <ArchiveRestore />,
                onSelect: () => restore.mutate({ id: spool.id }),
              },
        ]}
      />
      <WeighDialog {...dialog("weigh")} spool={spool} />
      <EditSpoolDialog {...dialog("edit")} spool={spool} />
      <ConfirmDialog
        {...dialog("remove")}
        title={`Put ${spoolName(spool)} away?`}
        description="It counts as stock no longer. Its history stays; without any, it is deleted."
        action="Put away"
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ id: spool.id }, { onSettled: () => setShown(null) })}
      />
    </>
  );
}

function useThrowingAway(spool: Spool) {
  const api = useApi();
  const remove = useShopChange({
    mutation: api.spools.remove.mutationOptions(),
    done: ({ outcome }) => `${spoolName(spool)} is ${outcome === "deleted" ? "deleted" : "put away"}.`,
  });
  const restore = useShopChange({
    mutation: api.spools.restore.mutationOptions(),
    done: () => `${spoolName(spool)} is on the shelf again.`,
  });
  return { remove, restore };
}
