import { Link } from "@tanstack/react-router";
import Box from "lucide-react/icons/box";
import FileBox from "lucide-react/icons/file-box";
import type { KeyboardEvent, ReactNode } from "react";
import type { ApiOutputs } from "../../clients/api.ts";
import { FilamentTitle } from "../filaments/filament-title.tsx";
import { ColorSwatch } from "../ui/color-swatch.tsx";

type Findings = ApiOutputs["search"]["find"];

const ROW =
  "flex min-h-14 items-center gap-3 px-4 py-2 hover:bg-sunken focus-visible:bg-sunken sm:px-5 [&_svg]:shrink-0";

/** What was found, kind by kind. The arrow keys go from one to the next. */
export function FindingsList({ findings }: { readonly findings: Findings }) {
  const { models, variants, filaments } = findings;
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- only listens to what its links are told
    <div className="space-y-6" onKeyDown={moveFocus}>
      <Group title="Models" count={models.length}>
        {models.map(({ id, name, designer, category }) => (
          <Finding key={id}>
            <Link to={modelPage(id)} className={ROW}>
              <Box className="size-5 text-soft" />
              <Texts name={name} more={[designer, category].filter(Boolean).join(" · ")} />
            </Link>
          </Finding>
        ))}
      </Group>
      <Group title="Variants" count={variants.length}>
        {variants.map(({ id, name, modelId, modelName }) => (
          <Finding key={id}>
            <Link to={modelPage(modelId)} hash={id} className={ROW}>
              <FileBox className="size-5 text-soft" />
              <Texts name={name} more={modelName} />
            </Link>
          </Finding>
        ))}
      </Group>
      <Group title="Filaments" count={filaments.length}>
        {filaments.map((filament) => (
          <Finding key={filament.id}>
            <Link to="/filaments/$filamentId" params={{ filamentId: filament.id }} className={ROW}>
              <ColorSwatch hex={filament.colorHex} />
              <span className="min-w-0">
                <FilamentTitle filament={filament} />
              </span>
            </Link>
          </Finding>
        ))}
      </Group>
    </div>
  );
}

function modelPage(id: string): string {
  return `/models/${id}`;
}

export function countFindings({ models, variants, filaments }: Findings): number {
  return models.length + variants.length + filaments.length;
}

interface GroupProps {
  readonly title: string;
  readonly count: number;
  readonly children: ReactNode;
}

function Group({ title, count, children }: GroupProps) {
  if (count === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="mb-2 text-lg font-bold tracking-tight">{title}</h2>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-paper shadow-xs">
        {children}
      </ul>
    </section>
  );
}

function Finding({ children }: { readonly children: ReactNode }) {
  return <li>{children}</li>;
}

function Texts({ name, more }: { readonly name: string; readonly more: string }) {
  return (
    <span className="min-w-0">
      <span className="block font-semibold break-words">{name}</span>
      {more === "" ? null : <span className="block text-sm break-words text-soft">{more}</span>}
    </span>
  );
}

/** To the link below or above; from the first one up, nowhere. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const links = [...event.currentTarget.querySelectorAll("a")];
  const next = links[links.findIndex((link) => link === document.activeElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
