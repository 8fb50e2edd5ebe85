import { createRootRoute, HeadContent, Outlet, Scripts } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Shell } from "../components/shell.tsx";
import styles from "../styles.css?url";

export const Route = createRootRoute({
  head: () => ({
    meta: [
      { charSet: "utf-8" },
      { name: "viewport", content: "width=device-width, initial-scale=1" },
      { title: "FM5: the filament manager" },
      {
        name: "description",
        content:
          "FM5 keeps a small 3D-printing shop’s filament, slicer settings and print queue in one place.",
      },
      { name: "color-scheme", content: "light dark" },
    ],
    links: [
      { rel: "stylesheet", href: styles },
      { rel: "icon", href: "/spool.svg", type: "image/svg+xml" },
    ],
  }),
  shellComponent: Document,
  component: Page,
});

function Document({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <HeadContent />
      </head>
      <body>
        <Shell>{children}</Shell>
        <Scripts />
      </body>
    </html>
  );
}

function Page() {
  return <Outlet />;
}
