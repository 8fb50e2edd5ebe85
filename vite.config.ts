import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { cloudflare } from "@cloudflare/vite-plugin";
import tailwindcss from "@tailwindcss/vite";
import { tanstackStart } from "@tanstack/react-start/plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type PluginOption } from "vite";

/** Set by scripts/dev.ts: where simulated buckets are kept, and the Resend of the local cloud. */
const { FM5_DEV_STATE, FM5_DEV_RESEND_URL } = process.env;

/** Of the server's side, what pages may use too: rules for files, which they check before they send any. */
const SHARED = ["kinds", "limits", "sizes"].map((name) => `**/lib/files/${name}.ts`);

export default defineConfig(({ command }) => ({
  plugins: [
    worker(),
    tanstackStart({
      importProtection: { client: { files: ["**/lib/**"], excludeFiles: ["**/node_modules/**", ...SHARED] } },
    }),
    react(),
    tailwindcss(),
    withoutFolderNames(),
    listPackages(),
    mailToInbox(),
  ],
  // Modules are bundled in the order of their paths: those of packages stay below the root wherever `node_modules` is kept.
  resolve: { preserveSymlinks: command === "build" },
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
}));

/**
 * Builds for workerd, and runs `npm run dev` in it with the bindings of CLOUDFLARE_ENV, each simulated on this machine.
 * The build leaves no configuration of its own: wrangler would take it for the real one, and it holds `.dev.vars` and
 * folder names.
 */
function worker(): PluginOption {
  const plugins = cloudflare({
    viteEnvironment: { name: "ssr" },
    ...(FM5_DEV_STATE === undefined ? {} : { persistState: { path: FM5_DEV_STATE } }),
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

/** In the cloud's own edge a Worker finds the inbox at Resend's host; beside it, as `npm run dev` runs, by this address. */
function mailToInbox(): Plugin {
  return {
    name: "fm5:mail-to-inbox",
    apply: "serve",
    transform: {
      filter: { code: "https://api.resend.com" },
      handler: (code) =>
        code.replaceAll("https://api.resend.com", FM5_DEV_RESEND_URL ?? "https://api.resend.invalid"),
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

/** As package-lock.json names it. */
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
