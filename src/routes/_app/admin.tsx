import { createFileRoute, notFound, Outlet } from "@tanstack/react-router";
import { AdminTabs } from "../../components/admin/admin-tabs.tsx";
import { PageHeader } from "../../components/ui/page-header.tsx";

/** Around the pages of an admin; for anybody else they aren't there. */
export const Route = createFileRoute("/_app/admin")({
  head: () => ({ meta: [{ title: "Admin · FM5" }] }),
  beforeLoad: ({ context: { user } }) => {
    if (user.role !== "admin") throw notFound();
  },
  component: Admin,
});

function Admin() {
  return (
    <>
      <PageHeader title="Admin" />
      <AdminTabs />
      <Outlet />
    </>
  );
}
