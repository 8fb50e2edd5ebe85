import { Link } from "@tanstack/react-router";
import Box from "lucide-react/icons/box";
import type { ApiOutputs } from "../../clients/api.ts";
import { countText } from "../../texts/amounts.ts";
import { Badge } from "../ui/badge.tsx";

type ListedModel = ApiOutputs["models"]["list"]["items"][number];

/** A model in the grid: its picture above its name. */
export function ModelCard({ model }: { readonly model: ListedModel }) {
  const { id, name, designer, category, variants, archived } = model;
  return (
    <li className="relative overflow-hidden rounded-xl border border-line bg-paper shadow-xs focus-within:border-accent hover:border-accent">
      <Cover picture={model.picture} />
      <div className="p-3 sm:p-4">
        <Link
          to="/models/$modelId"
          params={{ modelId: id }}
          // The whole card is its target.
          className="font-semibold break-words after:absolute after:inset-0"
        >
          {name}
        </Link>
        <p className="text-sm break-words text-soft">{[designer, category].filter(Boolean).join(" · ")}</p>
        <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-soft">
          {countText(variants, "variant")}
          {archived ? <Badge>Put away</Badge> : null}
        </p>
      </div>
    </li>
  );
}

function Cover({ picture }: Pick<ListedModel, "picture">) {
  if (picture === null)
    return (
      <div className="grid aspect-4/3 place-items-center bg-sunken text-edge">
        <Box className="size-12" strokeWidth={1.25} />
      </div>
    );
  return (
    <img
      src={picture.url}
      alt={picture.alt}
      loading="lazy"
      decoding="async"
      className="aspect-4/3 w-full bg-sunken object-cover"
    />
  );
}
