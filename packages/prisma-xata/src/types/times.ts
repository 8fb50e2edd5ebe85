const OFFSET = /([+-])(\d{2})(?::?(\d{2}))?(?::?(\d{2}))?$/u;

/** `2026-01-02 03:04:05.6` as `2026-01-02T03:04:05.6+00:00`: a timestamp without a zone is taken to be UTC. */
export function timestampFromText(text: string): string {
  return `${text.replace(" ", "T")}+00:00`;
}

/**
 * `2026-01-02 05:04:05.678901+02` as `2026-01-02T03:04:05.678901+00:00`: the same instant in UTC, whatever the session's zone.
 * `infinity` and years that a JavaScript date can't hold are left as they are.
 */
export function timestamptzFromText(text: string): string {
  const offset = OFFSET.exec(text);
  if (offset === null) return text;
  const local = text.slice(0, offset.index).replace(" ", "T");
  const shift = offsetMs(offset);
  if (shift === 0) return `${local}+00:00`;
  const [whole = "", fraction] = local.split(".");
  const instant = new Date(Date.parse(`${whole}Z`) - shift);
  if (Number.isNaN(instant.getTime())) return text;
  return `${instant.toISOString().slice(0, -5)}${fraction === undefined ? "" : `.${fraction}`}+00:00`;
}

/** `05:04:05.6+02` as `03:04:05.6`: the time of day in UTC. */
export function timetzFromText(text: string): string {
  const offset = OFFSET.exec(text);
  if (offset === null) return text;
  const utc = timestamptzFromText(`2000-01-01 ${text}`);
  return utc.slice("2000-01-01T".length, -"+00:00".length);
}

/** An instant as PostgreSQL reads it for `timestamp` and for `timestamptz` alike: the former ignores the zone. */
export function timestampToText(date: Date): string {
  return `${dateToText(date)} ${timeToText(date)}`;
}

/** The time of day in UTC, with a zone that `time` ignores. */
export function timeToText(date: Date): string {
  const fields = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((field) =>
    padded(field, 2),
  );
  const milliseconds = date.getUTCMilliseconds();
  return `${fields.join(":")}${milliseconds === 0 ? "" : `.${padded(milliseconds, 3)}`}+00:00`;
}

/** The day in UTC. */
export function dateToText(date: Date): string {
  return `${padded(date.getUTCFullYear(), 4)}-${padded(date.getUTCMonth() + 1, 2)}-${padded(date.getUTCDate(), 2)}`;
}

function offsetMs([, sign, hours = "0", minutes = "0", seconds = "0"]: RegExpExecArray): number {
  const total = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === "-" ? -total : total;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
