import { createFileRoute, redirect } from "@tanstack/react-router";

/** Where files lay before models had them. */
export const Route = createFileRoute("/files")({
  beforeLoad: () => {
    throw redirect({ to: "/models", statusCode: 308 });
  },
});
