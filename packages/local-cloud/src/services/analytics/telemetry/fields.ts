import { DATASET, type TelemetryEvent } from "./events.ts";

export type FieldValue = string | number | boolean;

/** An event's values by key, as queries name them: `$metadata.level`, `$workers.outcome`, and the fields of what was logged by their own names. */
export function fieldsOf(event: TelemetryEvent): ReadonlyMap<string, FieldValue> {
  const fields = new Map<string, FieldValue>([
    ["timestamp", event.timestamp],
    ["$metadata.dataset", DATASET],
  ]);
  add(fields, "$metadata", event.$metadata);
  add(fields, "$workers", event.$workers);
  add(fields, "", typeof event.source === "string" ? { message: event.source } : event.source);
  return fields;
}

function add(fields: Map<string, FieldValue>, prefix: string, value: unknown): void {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    fields.set(prefix, value);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value))
    add(fields, prefix === "" ? name : `${prefix}.${name}`, inner);
}

export function typeOf(value: FieldValue): "string" | "number" | "boolean" {
  return typeof value as "string" | "number" | "boolean";
}
