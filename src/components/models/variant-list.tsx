import FileBox from "lucide-react/icons/file-box";
import { EmptyState } from "../ui/empty-state.tsx";
import type { Model } from "./guesses.ts";
import { VariantCard } from "./variant-card.tsx";

/** A model's variants, the oldest first, each with its versions. */
export function VariantList({ model }: { readonly model: Model }) {
  return (
    <section aria-labelledby="variants">
      <h2 id="variants" className="mb-3 flex min-h-11 items-center text-xl font-bold tracking-tight">
        Variants
      </h2>
      {model.variants.length === 0 ? (
        <EmptyState icon={<FileBox />} title="No variant yet">
          A variant is one way to print this model: another size, quality or printer. Add one, and upload its
          print file.
        </EmptyState>
      ) : (
        <div className="space-y-5">
          {model.variants.map((variant) => (
            <VariantCard key={variant.id} modelId={model.id} variant={variant} />
          ))}
        </div>
      )}
    </section>
  );
}
