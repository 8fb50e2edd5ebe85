import { createRootRouteWithContext, HeadContent, Outlet, Scripts } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import type { ApiAccess } from "../clients/api.ts";
import { documentLook, keepTheme, readCookies, type Theme } from "../clients/document-look.ts";
import { Shell } from "../components/shell/shell.tsx";
import { ThemeContext } from "../components/shell/theme-choice.tsx";
import { ToastViewport } from "../components/ui/toast-viewport.tsx";
import styles from "../styles.css?url";

export const Route = createRootRouteWithContext<ApiAccess>()({
  loader: () => documentLook(readCookies()),
  staleTime: Number.POSITIVE_INFINITY,
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
  const loaded = Route.useLoaderData();
  const [theme, setTheme] = useState<Theme>(loaded.theme);
  const setting = useMemo(() => {
    const choose = (chosen: Theme) => {
      keepTheme(chosen);
      setTheme(chosen);
    };
    return { theme, setTheme: choose };
  }, [theme]);

  return (
    <html lang="en" data-theme={theme}>
      <head>
        <HeadContent />
      </head>
      <body>
        <ThemeContext value={setting}>
          <Shell>{children}</Shell>
        </ThemeContext>
        <ToastViewport />
        <Scripts />
      </body>
    </html>
  );
}

function Page() {
  return <Outlet />;
}
