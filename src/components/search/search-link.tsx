import { Link } from "@tanstack/react-router";
import Search from "lucide-react/icons/search";
import { ICON_BUTTON } from "../ui/icon-button.tsx";

/** The way to the search where there is no room for its box. */
export function SearchLink() {
  return (
    <Link to="/search" aria-label="Search" className={ICON_BUTTON}>
      <Search />
    </Link>
  );
}
