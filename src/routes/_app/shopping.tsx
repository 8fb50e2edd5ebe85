import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import ClipboardCopy from "lucide-react/icons/clipboard-copy";
import ShoppingCart from "lucide-react/icons/shopping-cart";
import { useCurrency } from "../../clients/currency.ts";
import { PurchaseRow } from "../../components/shopping/purchase-row.tsx";
import { type Purchases, shoppingText } from "../../components/shopping/shopping-text.ts";
import { Button } from "../../components/ui/button.tsx";
import { DataList } from "../../components/ui/data-list.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { PageHeader } from "../../components/ui/page-header.tsx";
import { useToast } from "../../components/ui/toast.ts";
import { moneyText } from "../../texts/amounts.ts";

export const Route = createFileRoute("/_app/shopping")({
  head: () => ({ meta: [{ title: "Shopping list · FM5" }] }),
  loader: ({ context: { queryClient, trpc } }) =>
    queryClient.ensureQueryData(trpc.shopping.list.queryOptions()).then(() => undefined),
  component: Shopping,
});

function Shopping() {
  const { trpc } = Route.useRouteContext();
  const { data } = useSuspenseQuery(trpc.shopping.list.queryOptions());
  const currency = useCurrency();
  const { items, costCents } = data;

  return (
    <>
      <PageHeader
        back={{ to: "/filaments", text: "Filaments" }}
        title="Shopping list"
        description={costCents === 0 ? undefined : `About ${moneyText(costCents, currency)} in all`}
        actions={items.length === 0 ? undefined : <CopyButton purchases={data} />}
      />
      {items.length === 0 ? (
        <EmptyState icon={<ShoppingCart />} title="Nothing to buy">
          There is enough for the queue, and nothing is below its threshold.
        </EmptyState>
      ) : (
        <DataList label="To buy">
          {items.map((purchase) => (
            <PurchaseRow key={purchase.filament.id} purchase={purchase} />
          ))}
        </DataList>
      )}
    </>
  );
}

function CopyButton({ purchases }: { readonly purchases: Purchases }) {
  const toast = useToast();
  const currency = useCurrency();

  async function copy() {
    try {
      await navigator.clipboard.writeText(shoppingText(purchases, currency));
      toast.good("The list is in the clipboard.");
    } catch {
      toast.bad("Your browser keeps its clipboard closed. Select the list and copy it by hand.");
    }
  }

  return (
    <Button look="secondary" onClick={() => void copy()}>
      <ClipboardCopy />
      Copy as text
    </Button>
  );
}
