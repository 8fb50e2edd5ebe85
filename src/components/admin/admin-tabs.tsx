import { Tabs } from "../ui/tabs.tsx";

const TABS = [
  { to: "/admin", text: "System" },
  { to: "/admin/users", text: "Users" },
  { to: "/admin/events", text: "Events" },
];

export function AdminTabs() {
  return <Tabs label="Admin" tabs={TABS} />;
}
