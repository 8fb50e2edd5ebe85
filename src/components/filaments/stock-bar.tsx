import { gramsText } from "../../texts/amounts.ts";
import { Progress } from "../ui/progress.tsx";

interface StockBarProps {
  readonly stockGrams: number;
  /** What there was when all spools were new. */
  readonly netGrams: number;
  readonly lowStockGrams: number;
}

/** How much is left, as a bar and in grams. */
export function StockBar({ stockGrams, netGrams, lowStockGrams }: StockBarProps) {
  const text = `${gramsText(stockGrams)} of ${gramsText(netGrams)}`;
  return (
    <div>
      <p className="mb-1 text-sm tabular-nums">
        <span className="font-semibold">{gramsText(stockGrams)}</span>
        <span className="text-soft"> of {gramsText(netGrams)}</span>
      </p>
      <Progress
        label={`${text} left`}
        value={Math.min(stockGrams, netGrams)}
        max={Math.max(netGrams, 1)}
        tone={toneOf({ stockGrams, lowStockGrams })}
      />
    </div>
  );
}

function toneOf({ stockGrams, lowStockGrams }: Omit<StockBarProps, "netGrams">): "bad" | "warn" | "good" {
  if (stockGrams === 0) return "bad";
  return stockGrams < lowStockGrams ? "warn" : "good";
}
