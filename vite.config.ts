import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { cloudflare } from "@cloudflare/vite-plugin";
import tailwindcss from "@tailwindcss/vite";
import { tanstackStart } from "@tanstack/react-start/plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type PluginOption } from "vite";

export default defineConfig({
  plugins: [
    worker(),
    tanstackStart({ importProtection: { client: { files: ["**/lib/**"] } } }),
    react(),
    tailwindcss(),
    withoutFolderNames(),
    listPackages(),
  ],
  define: { MIGRATION_NAMES: JSON.stringify(migrationNames()) },
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

/**
 * Builds for workerd, and runs `npm run dev` in it with the bindings of CLOUDFLARE_ENV, each simulated on this machine.
 * The build leaves no configuration of its own: wrangler would take it for the real one, and it holds `.dev.vars` and
 * folder names.
 */
function worker(): PluginOption {
  const plugins = cloudflare({
    viteEnvironment: { name: "ssr" },
    config: () => ({ main: "src/server.ts", vars: { NODE_ENV: "development", APP_ENV: "development" } }),
  });
  return plugins.filter(({ name }) => name !== "vite-plugin-cloudflare:output-config");
}

/**
 * TanStack Start writes each route's absolute path into its manifest, where nothing reads it. Without it the same
 * commit gives the same bytes in any folder.
 */
function withoutFolderNames(): Plugin {
  return {
    name: "fm5:without-folder-names",
    apply: "build",
    enforce: "post",
    configEnvironment: () => ({ build: { manifest: false } }),
    transform: {
      filter: { id: /tanstack-start-manifest/u },
      handler: (code) => code.replaceAll(/filePath:"(?:[^"\\]|\\.)*",?/gu, ""),
    },
  };
}

/** Leaves a list of the packages whose code is in the bundle, for the release's bill of materials. */
function listPackages(): Plugin {
  return {
    name: "fm5:list-packages",
    apply: "build",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((output) =>
        output.type === "chunk" ? Object.entries(output.modules) : [],
      );
      const folders = modules.flatMap(([id, { renderedLength }]) =>
        renderedLength > 0 ? (packageFolder(id) ?? []) : [],
      );
      mkdirSync(".output", { recursive: true });
      const list = `${JSON.stringify([...new Set(folders)].toSorted(), null, 2)}\n`;
      writeFileSync(`.output/packages-${this.environment.name}.json`, list);
    },
  };
}

/** As package-lock.json names it: node_modules may be linked from elsewhere. */
function packageFolder(id: string): string | undefined {
  return /node_modules\/(?:@[^/]+\/)?[^/]+(?:\/node_modules\/(?:@[^/]+\/)?[^/]+)*/u.exec(id)?.[0];
}

/** Names of the folders in prisma/migrations, oldest first. The app expects the database to have finished them. */
function migrationNames(): string[] {
  return readdirSync(new URL("prisma/migrations", import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
