import { Tabs } from "../ui/tabs.tsx";

const TABS = [
  { to: "/queue", text: "Queue" },
  { to: "/queue/history", text: "History" },
];

/** What is to be printed, and what was. */
export function QueueTabs() {
  return <Tabs label="Queue" tabs={TABS} />;
}
