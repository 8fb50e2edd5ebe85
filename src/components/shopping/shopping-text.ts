import type { ApiOutputs } from "../../clients/api.ts";
import { gramsText, moneyText } from "../../texts/amounts.ts";
import { titleOf } from "../filaments/filament-title.tsx";

export type Purchases = ApiOutputs["shopping"]["list"];
export type Purchase = Purchases["items"][number];

/** The list as lines to be sent to somebody. */
export function shoppingText({ items, costCents }: Purchases, currency: string): string {
  const lines = items.map((item) => `- ${lineOf(item, currency)}`);
  const total = costCents === 0 ? [] : ["", `Total about ${moneyText(costCents, currency)}`];
  return ["Shopping list", "", ...lines, ...total].join("\n");
}

/** "2 spools of 1,000 g" */
export function spoolsText({ spools, spoolGrams }: Pick<Purchase, "spools" | "spoolGrams">): string {
  return `${spools} ${spools === 1 ? "spool" : "spools"} of ${gramsText(spoolGrams)}`;
}

function lineOf(item: Purchase, currency: string): string {
  const cost = item.costCents === null ? "" : `, about ${moneyText(item.costCents, currency)}`;
  const link = item.purchaseUrl === null ? "" : `\n  ${item.purchaseUrl}`;
  return `${titleOf(item.filament)}: ${spoolsText(item)}${cost}${link}`;
}
