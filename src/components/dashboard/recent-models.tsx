import { Link } from "@tanstack/react-router";
import { DataList, DataRow } from "../ui/data-list.tsx";
import { Time } from "../ui/time.tsx";
import type { Summary } from "./figures.tsx";

/** Models that were worked on last. */
export function RecentModels({ models }: { readonly models: Summary["recentModels"] }) {
  return (
    <DataList label="Models changed lately">
      {models.map(({ id, name, designer, category, updatedAt }) => (
        <DataRow
          key={id}
          end={
            <span className="text-sm text-soft">
              <Time at={updatedAt} />
            </span>
          }
        >
          <Link
            to="/models/$modelId"
            params={{ modelId: id }}
            className="block min-h-11 rounded-md hover:text-accent"
          >
            <span className="block font-semibold break-words">{name}</span>
            <span className="block text-sm break-words text-soft">
              {[designer, category].filter(Boolean).join(" · ")}
            </span>
          </Link>
        </DataRow>
      ))}
    </DataList>
  );
}
