import { randomBytes } from "node:crypto";
import * as z from "zod";
import { parseValue } from "../../http/request.ts";
import type { State } from "../../store/state.ts";
import { unsupported } from "../workers/errors.ts";
import { classExists, classUnknown, tagDiffers } from "./errors.ts";

/** A class of a Worker whose objects are kept. */
export interface DurableObjectClass {
  readonly className: string;
  /** 32 hex digits; what is kept belongs to it, whatever the class is called. */
  readonly namespaceId: string;
  readonly storage: "sqlite" | "legacy-kv";
}

/** What an upload makes of a Worker's classes. */
export interface MigrationPlan {
  readonly classes: readonly DurableObjectClass[];
  /** The Worker's migration tag afterwards. */
  readonly tag: string | undefined;
}

const stepSchema = z.object({
  new_classes: z.array(z.string()).default([]),
  new_sqlite_classes: z.array(z.string()).default([]),
  renamed_classes: z.array(z.object({ from: z.string(), to: z.string() })).default([]),
  deleted_classes: z.array(z.string()).default([]),
  transferred_classes: z.array(z.unknown()).default([]),
});
type Step = z.infer<typeof stepSchema>;

/** @see https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ */
const migrationsSchema = stepSchema.extend({
  old_tag: z.string().optional(),
  new_tag: z.string().optional(),
  steps: z.array(stepSchema).optional(),
});

/** Namespaces of Durable Objects. @see https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/ */
export class DurableObjectsBackend {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  classes(worker: string): readonly DurableObjectClass[] {
    const sql = "SELECT document FROM durable_object_namespaces WHERE worker = ? ORDER BY class";
    return this.#state
      .all(sql, worker)
      .map(({ document }) => JSON.parse(String(document)) as DurableObjectClass);
  }

  /** Every class with its Worker. */
  all(): readonly (DurableObjectClass & { readonly worker: string })[] {
    const rows = this.#state.all(
      "SELECT worker, document FROM durable_object_namespaces ORDER BY worker, class",
    );
    return rows.map(({ worker, document }) => {
      return { ...(JSON.parse(String(document)) as DurableObjectClass), worker: String(worker) };
    });
  }

  /**
   * What `migrations` of an upload would make of the Worker's classes.
   * @throws {Refusal} 10079 when its old tag isn't the Worker's, 10074 for a class that is there already, or isn't.
   */
  plan(worker: string, tag: string | undefined, migrations: unknown): MigrationPlan {
    const classes = this.classes(worker);
    if (migrations === undefined || migrations === null) return { classes, tag };
    const { old_tag: oldTag, new_tag: newTag, steps, ...single } = parseValue(migrations, migrationsSchema);
    if (oldTag !== tag) throw tagDiffers(tag);
    return { classes: (steps ?? [single]).reduce(applied, classes), tag: newTag ?? tag };
  }

  /** Makes the plan hold. Objects of a class that is gone are never reached again. */
  apply(worker: string, { classes }: MigrationPlan): void {
    const sql = "INSERT INTO durable_object_namespaces (id, worker, class, document) VALUES (?, ?, ?, ?)";
    this.#state.transaction(() => {
      this.dropWorker(worker);
      for (const kept of classes)
        this.#state.run(sql, kept.namespaceId, worker, kept.className, JSON.stringify(kept));
    });
  }

  dropWorker(worker: string): void {
    this.#state.run("DELETE FROM durable_object_namespaces WHERE worker = ?", worker);
  }
}

function applied(before: readonly DurableObjectClass[], step: Step): readonly DurableObjectClass[] {
  if (step.transferred_classes.length > 0) throw unsupported("the migration transferred_classes");
  const isKnown = (name: string) => before.some(({ className }) => className === name);
  const deleted = step.deleted_classes.find((name) => !isKnown(name));
  if (deleted !== undefined) throw classUnknown(deleted, "delete");
  const moved = step.renamed_classes.find(({ from }) => !isKnown(from));
  if (moved) throw classUnknown(moved.from, "rename");
  const renamed = new Map(step.renamed_classes.map(({ from, to }) => [from, to]));
  const kept = before
    .filter(({ className }) => !step.deleted_classes.includes(className))
    .map((one) => ({ ...one, className: renamed.get(one.className) ?? one.className }));
  const added = [
    ...step.new_classes.map((className) => ({ className, storage: "legacy-kv" as const })),
    ...step.new_sqlite_classes.map((className) => ({ className, storage: "sqlite" as const })),
  ];
  const twice = added.find((one) => kept.some(({ className }) => className === one.className));
  if (twice) throw classExists(twice.className);
  return [...kept, ...added.map((one) => ({ ...one, namespaceId: randomBytes(16).toString("hex") }))];
}
