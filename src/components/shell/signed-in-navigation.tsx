import { Link } from "@tanstack/react-router";
import CircleUser from "lucide-react/icons/circle-user";
import LogOut from "lucide-react/icons/log-out";
import ShieldCheck from "lucide-react/icons/shield-check";
import type { User } from "../../clients/api.ts";
import { leave } from "../../clients/account.ts";
import { SearchBox } from "../search/search-box.tsx";
import { SearchLink } from "../search/search-link.tsx";
import { Menu, type MenuAction, type MenuLink } from "../ui/menu.tsx";
import { ACCOUNT, SECTIONS } from "./sections.tsx";

/** The look of a link in the page's head. */
export const LINK =
  "inline-flex min-h-11 items-center rounded-md px-3 text-sm font-medium text-soft hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:text-ink";

/** The way to one's things, and to oneself. */
export function SignedInNavigation({ user }: { readonly user: User }) {
  return (
    <>
      <nav aria-label="Main" className="hidden items-center gap-1 md:flex">
        {SECTIONS.map(({ to, text }) => (
          <Link key={to} to={to} className={LINK}>
            {text}
          </Link>
        ))}
      </nav>
      <div className="ml-auto flex items-center gap-1">
        <div className="hidden w-56 lg:block">
          <SearchBox />
        </div>
        <div className="lg:hidden">
          <SearchLink />
        </div>
        <Menu label={`Account of ${user.name}`} icon={<CircleUser />} items={accountItems(user)} />
      </div>
    </>
  );
}

function accountItems({ role }: User): readonly (MenuAction | MenuLink)[] {
  const admin = { to: "/admin", text: "Admin", icon: <ShieldCheck /> };
  const signOut = { text: "Sign out", icon: <LogOut />, onSelect: () => void leave() };
  return role === "admin" ? [ACCOUNT, admin, signOut] : [ACCOUNT, signOut];
}
