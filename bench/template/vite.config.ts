import { cloudflare } from "@cloudflare/vite-plugin";
import { tanstackStart } from "@tanstack/react-start/plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** TanStack Start's bare template, built with the settings of FM5's vite.config.ts. */
export default defineConfig({
  plugins: [
    cloudflare({
      viteEnvironment: { name: "ssr" },
      config: () => ({ main: "@tanstack/react-start/server-entry" }),
    }),
    tanstackStart(),
    react(),
  ],
  environments: {
    client: { build: { outDir: ".output/public" } },
    ssr: {
      build: {
        outDir: ".output/server",
        minify: true,
        rolldownOptions: { output: { entryFileNames: "[name].mjs" } },
      },
    },
  },
});
