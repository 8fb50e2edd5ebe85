/** A row for each table, as the database holds it. Instants are ISO 8601. */
export interface Rows {
  readonly filaments: readonly Row[];
  readonly spools: readonly Row[];
  readonly models: readonly Row[];
  readonly variants: readonly Row[];
  readonly files: readonly Row[];
  readonly revisions: readonly Row[];
  readonly jobs: readonly Row[];
  readonly job_filaments: readonly Row[];
  readonly uses: readonly Row[];
}

export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** In an order in which no row refers to one that comes later. */
export const TABLES = [
  "filaments",
  "spools",
  "models",
  "variants",
  "files",
  "revisions",
  "jobs",
  "job_filaments",
  "uses",
] as const satisfies readonly (keyof Rows)[];
