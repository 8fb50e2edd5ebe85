import { z } from "zod";
import { EngineFailure } from "./failure.ts";

/** A script that the database refused, with PostgreSQL's reason. */
export interface FailedScript {
  readonly script: string;
  readonly code: string;
  readonly message: string;
}

const parametersSchema = z.object({
  migrationsList: z.object({
    migrationDirectories: z.array(
      z.object({ path: z.string(), migrationFile: z.object({ content: z.object({ value: z.string() }) }) }),
    ),
  }),
});

/**
 * P3018 as Prisma's own engine words it, which the WASM engine doesn't. Nothing of the migration was applied, because its file is
 * one transaction unless it says otherwise.
 * @see https://www.prisma.io/docs/orm/reference/error-reference#p3018
 */
export function failedMigration(failed: FailedScript, parameters: unknown, cause: unknown): EngineFailure {
  const name = nameOf(failed.script, parameters);
  const message = `A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about \
how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve

Migration name: ${name}

Database error code: ${failed.code}

Database error:
${failed.message}`;
  return new EngineFailure(message, { code: "P3018", cause });
}

function nameOf(script: string, parameters: unknown): string {
  const parsed = parametersSchema.safeParse(parameters);
  const directories = parsed.success ? parsed.data.migrationsList.migrationDirectories : [];
  return (
    directories.findLast(({ migrationFile }) => migrationFile.content.value === script)?.path ?? "(unknown)"
  );
}
