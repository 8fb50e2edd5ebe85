import process from "node:process";
import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

/** Prisma's own schema engine is a download; this one comes with the packages (decisions/002-prisma-without-its-download.md). */
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= fileURLToPath(
  new URL("packages/prisma-xata/bin/schema-engine.js", import.meta.url),
);

/** The CLI asks its maker for news otherwise, which is nobody's business and never answered in a rehearsal. */
process.env["CHECKPOINT_DISABLE"] ??= "1";

/** Migrations take a direct connection when there is one. Commands that need no database run without any. */
const url =
  process.env["DIRECT_DATABASE_URL"] ||
  process.env["XATA_DATABASE_URL"] ||
  process.env["DATABASE_URL"] ||
  undefined;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(url !== undefined && { datasource: { url } }),
});
