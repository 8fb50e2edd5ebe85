import { Link } from "@tanstack/react-router";
import ExternalLink from "lucide-react/icons/external-link";
import { useCurrency } from "../../clients/currency.ts";
import { gramsText, moneyText } from "../../texts/amounts.ts";
import { titleOf, FilamentTitle } from "../filaments/filament-title.tsx";
import { Badge, type Tone } from "../ui/badge.tsx";
import { SECONDARY } from "../ui/button.tsx";
import { ColorSwatch } from "../ui/color-swatch.tsx";
import { DataRow } from "../ui/data-list.tsx";
import { type Purchase, spoolsText } from "./shopping-text.ts";

const REASONS: Readonly<Record<Purchase["reason"], { readonly text: string; readonly tone: Tone }>> = {
  queue: { text: "The queue lacks it", tone: "bad" },
  low: { text: "Low", tone: "warn" },
  low_soon: { text: "Low after the queue", tone: "neutral" },
};

/** What to buy of a filament, and why. */
export function PurchaseRow({ purchase }: { readonly purchase: Purchase }) {
  const currency = useCurrency();
  const { filament, purchaseUrl, grams, stockGrams, reservedGrams, costCents } = purchase;
  const { text, tone } = REASONS[purchase.reason];
  return (
    <DataRow
      start={<ColorSwatch hex={filament.colorHex} size="large" />}
      end={purchaseUrl === null ? null : <BuyLink url={purchaseUrl} title={titleOf(filament)} />}
    >
      <Link
        to="/filaments/$filamentId"
        params={{ filamentId: filament.id }}
        className="block rounded-md hover:text-accent"
      >
        <FilamentTitle filament={filament} />
      </Link>
      <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tone}>{text}</Badge>
        <span className="font-semibold">{spoolsText(purchase)}</span>
        {costCents === null ? null : <span>about {moneyText(costCents, currency)}</span>}
      </p>
      <p className="mt-1 text-sm text-soft">
        {gramsText(grams)} missing: {gramsText(stockGrams)} in stock, {gramsText(reservedGrams)} for the queue
      </p>
    </DataRow>
  );
}

function BuyLink({ url, title }: { readonly url: string; readonly title: string }) {
  return (
    <a href={url} target="_blank" rel="noreferrer" aria-label={`Buy ${title}`} className={SECONDARY}>
      Buy <ExternalLink />
    </a>
  );
}
