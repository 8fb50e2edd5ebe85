import { Menu as Base } from "@base-ui/react/menu";
import { ClientOnly, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ICON_BUTTON } from "./icon-button.tsx";

export interface MenuAction {
  readonly text: string;
  readonly icon?: ReactNode;
  readonly onSelect: () => void;
  /** Whether something is lost by it. */
  readonly danger?: boolean;
  readonly disabled?: boolean;
}

export interface MenuLink {
  readonly text: string;
  readonly icon?: ReactNode;
  readonly to: string;
}

interface MenuProps {
  /** What the menu is about: "Actions for PLA black". */
  readonly label: string;
  /** What its button shows. */
  readonly icon: ReactNode;
  readonly items: readonly (MenuAction | MenuLink)[];
}

const ITEM =
  "flex min-h-11 cursor-pointer items-center gap-3 px-4 outline-none data-disabled:opacity-60 data-highlighted:bg-sunken [&_svg]:size-5 [&_svg]:shrink-0";

/** Actions behind a button. Before its script is there, the button alone. */
export function Menu({ label, icon, items }: MenuProps) {
  return (
    <ClientOnly fallback={<ClosedMenu label={label} icon={icon} />}>
      <Base.Root modal={false}>
        <Base.Trigger aria-label={label} className={`${ICON_BUTTON} data-popup-open:bg-sunken`}>
          {icon}
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner sideOffset={6} align="end" className="z-40 outline-none">
            <Base.Popup className="min-w-52 rounded-xl border border-line bg-paper py-1.5 text-ink shadow-xl outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
              {items.map((item) =>
                "to" in item ? (
                  <Base.Item key={item.text} className={ITEM} render={<Link to={item.to} />}>
                    {item.icon}
                    {item.text}
                  </Base.Item>
                ) : (
                  <Base.Item
                    key={item.text}
                    disabled={item.disabled === true}
                    onClick={item.onSelect}
                    className={`${ITEM} ${item.danger === true ? "text-bad" : ""}`}
                  >
                    {item.icon}
                    {item.text}
                  </Base.Item>
                ),
              )}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </ClientOnly>
  );
}

function ClosedMenu({ label, icon }: { readonly label: string; readonly icon: ReactNode }) {
  return (
    <button type="button" aria-label={label} aria-haspopup="menu" className={ICON_BUTTON}>
      {icon}
    </button>
  );
}
