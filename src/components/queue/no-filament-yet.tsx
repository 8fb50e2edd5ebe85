import { Link } from "@tanstack/react-router";
import Cylinder from "lucide-react/icons/cylinder";
import { PRIMARY } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

/** Stands where a job can't be made for want of anything to print it with. */
export function NoFilamentYet() {
  return (
    <EmptyState
      icon={<Cylinder />}
      title="Nothing to print with yet"
      action={
        <Link to="/filaments" className={PRIMARY}>
          Add a filament
        </Link>
      }
    >
      A job says how much of which filament it needs, so the shelf comes first.
    </EmptyState>
  );
}
