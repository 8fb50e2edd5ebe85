import Boxes from "lucide-react/icons/boxes";
import CircleUser from "lucide-react/icons/circle-user";
import Cylinder from "lucide-react/icons/cylinder";
import LayoutDashboard from "lucide-react/icons/layout-dashboard";
import ListOrdered from "lucide-react/icons/list-ordered";
import type { ReactNode } from "react";

interface Section {
  readonly to: string;
  readonly text: string;
  readonly icon: ReactNode;
}

/** Where a signed-in person works, as the navigation has it. */
export const SECTIONS: readonly Section[] = [
  { to: "/dashboard", text: "Dashboard", icon: <LayoutDashboard /> },
  { to: "/filaments", text: "Filaments", icon: <Cylinder /> },
  { to: "/models", text: "Models", icon: <Boxes /> },
  { to: "/queue", text: "Queue", icon: <ListOrdered /> },
];

export const ACCOUNT: Section = { to: "/account", text: "Account", icon: <CircleUser /> };
