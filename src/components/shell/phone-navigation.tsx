import { Link } from "@tanstack/react-router";
import { ACCOUNT, SECTIONS } from "./sections.tsx";

/** The sections within a thumb's reach, on screens too narrow for them above. */
export function PhoneNavigation() {
  return (
    <nav
      aria-label="Sections"
      className="sticky bottom-0 z-20 grid grid-cols-5 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {[...SECTIONS, ACCOUNT].map(({ to, text, icon }) => (
        <Link
          key={to}
          to={to}
          className="flex min-h-14 flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-medium text-soft aria-[current=page]:text-accent [&_svg]:size-5"
        >
          {icon}
          {text}
        </Link>
      ))}
    </nav>
  );
}
