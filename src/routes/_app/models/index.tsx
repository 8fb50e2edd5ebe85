import { createFileRoute } from "@tanstack/react-router";
import { PageHeader } from "../../../components/ui/page-header.tsx";

export const Route = createFileRoute("/_app/models/")({
  head: () => ({ meta: [{ title: "Models · FM5" }] }),
  component: Models,
});

function Models() {
  return <PageHeader title="Models" />;
}
