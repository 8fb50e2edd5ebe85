import type { RequestRecord } from "../dataplane/exchange.ts";
import type { Overview, WorkerOverview } from "../overview.ts";
import type { Ready } from "../ready-file.ts";
import { span, type Line, type Span, type Style } from "./line.ts";
import { columnsOf, padded, printable } from "./text.ts";

/** Everything that the screen shows. */
export interface ViewModel {
  readonly ready: Ready;
  readonly overview: Overview;
  /** Newest first. */
  readonly requests: readonly RequestRecord[];
  /** Version id → how many requests it answered since the start. */
  readonly answered: ReadonlyMap<string, { readonly total: number; readonly errors: number }>;
  /** Newest first: what someone should know, such as a blocked request. */
  readonly notes: readonly string[];
  readonly requestsPerSecond: number;
  readonly upMs: number;
  readonly logFile: string;
  /** What prints the variables for clients. */
  readonly envCommand: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Below this many columns, what is said elsewhere too is left out. */
const WIDE = 72;
/** Below this many rows too. */
const TALL = 18;

/** The rows of the screen, never more than there are. Requests get the room that nothing else takes. */
export function view(model: ViewModel, { columns, rows }: Size): readonly Line[] {
  const isRoomy = columns >= WIDE && rows >= TALL;
  const top = [...header(model, columns), ...addresses(model, isRoomy)];
  const foot: readonly Line[] = [footer(model, columns)];
  const room = rows - top.length - foot.length;
  const workers = section("WORKERS", workerLines(model, columns), share(room, 0.45));
  const mail = section(
    `INBOX ${model.overview.mailCount || ""}`.trim(),
    mailLines(model, columns),
    share(room, 0.2),
  );
  const notes = section("NOTES", noteLines(model), share(room, 0.2));
  const left = room - workers.length - mail.length - notes.length;
  const requests = section("REQUESTS", requestLines(model, columns), left);
  const body = [...workers, ...requests, ...mail, ...notes].slice(0, Math.max(0, room));
  const gap = Array.from({ length: Math.max(0, room - body.length) }, () => []);
  return [...top, ...body, ...gap, ...foot].slice(0, rows);
}

function footer({ envCommand }: ViewModel, columns: number): Line {
  const whole = ` Ctrl-C stops it. In another terminal: eval "$(${envCommand})"`;
  return [span(columnsOf(whole) <= columns ? whole : " Ctrl-C stops it.", "dim")];
}

function share(room: number, of: number): number {
  return Math.max(0, Math.floor(room * of));
}

/** A title and as many of the lines as fit under it, after an empty row; nothing where not even one does. */
function section(title: string, lines: readonly Line[], room: number): readonly Line[] {
  if (lines.length === 0 || room < 3) return [];
  const isCut = lines.length > room - 2;
  if (!isCut || title !== "WORKERS") return [[], [span(title, "bold")], ...lines.slice(0, room - 2)];
  const more = span(` … ${lines.length - room + 3} more rows`, "dim");
  return [[], [span(title, "bold")], ...lines.slice(0, room - 3), [more]];
}

function header({ upMs, requestsPerSecond }: ViewModel, columns: number): readonly Line[] {
  const state = `up ${duration(upMs)} · ${requestsPerSecond.toFixed(requestsPerSecond < 10 ? 1 : 0)} requests/s`;
  const name = "local-cloud";
  return [
    [span(name, "bold"), span(` ${padded(state, Math.max(0, columns - name.length - 1), "right")}`, "dim")],
  ];
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function addresses({ ready, logFile }: ViewModel, isRoomy: boolean): readonly Line[] {
  const rows: readonly (readonly [string, string])[] = [
    ["API", ready.apiBaseUrl],
    ["Edge", ready.edgeUrl],
    ["Edge TLS", ready.edgeTlsUrl],
    ["Inbox", ready.inboxUrl],
    ...Object.entries(ready.databases).map(
      ([name, { url }]) => [`Database ${name}`, withoutPassword(url)] as const,
    ),
    ...(isRoomy
      ? ([
          ["Data", ready.dataDir],
          ["Log", logFile],
        ] as const)
      : []),
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 3;
  return rows.map(([label, value]) => [
    span(padded(` ${label}`, width), "dim"),
    span(printable(value), "cyan"),
  ]);
}

function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]+@/u, ":…@");
}

function workerLines(model: ViewModel, columns: number): readonly Line[] {
  const { workers } = model.overview;
  if (workers.length === 0) return [[span(" None yet. Deploy one: npx wrangler deploy", "dim")]];
  return workers.flatMap((worker) => [workerLine(worker), ...shareLines(worker, model, columns)]);
}

function workerLine({ name, url, domains }: WorkerOverview): Line {
  const others = domains.map((domain) => `  ${domain}`).join("");
  return [
    span(` ${printable(name)}`, "bold"),
    span(`  ${printable(url)}`, "cyan"),
    span(printable(others), "dim"),
  ];
}

const BAR_COLUMNS = 20;

function shareLines(worker: WorkerOverview, { answered }: ViewModel, columns: number): readonly Line[] {
  if (worker.shares.length === 0) return [[span("   not deployed", "dim")]];
  return worker.shares.map(({ versionId, percentage, number, label }) => {
    const { total = 0, errors = 0 } = answered.get(versionId) ?? {};
    const full = Math.round((percentage / 100) * BAR_COLUMNS);
    const bar: readonly Span[] =
      columns < WIDE
        ? []
        : [span("█".repeat(full), "green"), span(`${"░".repeat(BAR_COLUMNS - full)}  `, "dim")];
    return [
      span(`  ${padded(`${percentage}%`, 5, "right")}  `),
      ...bar,
      span(`${versionId.slice(0, 8)} `, "yellow"),
      span(`v${number} `),
      span(`${total} answered`, "dim"),
      ...(errors > 0 ? [span(`, ${errors} failed`, "red")] : []),
      span(label === "" ? "" : `  ${printable(label)}`, "dim"),
    ];
  });
}

function requestLines({ requests }: ViewModel, columns: number): readonly Line[] {
  if (requests.length === 0) return [[span(" None yet.", "dim")]];
  const isWide = columns >= WIDE;
  return requests.map((request) => {
    const { at, method, host, path, status, durationMs, versionId, outcome } = request;
    const end = `${padded(duration3(durationMs), 8, "right")}${isWide ? `  ${versionId?.slice(0, 8) ?? ""}` : ""}`;
    const start = ` ${at.slice(11, 19)}  ${padded(printable(method), isWide ? 7 : 4)} `;
    const room = columns - start.length - 5 - (isWide ? 18 : 8);
    return [
      span(start, "dim"),
      span(padded(printable(`${host}${path}`), Math.max(8, room))),
      span(padded(String(status), 5, "right"), statusStyle(status, outcome)),
      span(end, "dim"),
    ];
  });
}

function duration3(ms: number): string {
  return ms < 9999.5 ? `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
}

function statusStyle(status: number, outcome: RequestRecord["outcome"]): Style {
  if (status >= 500 || (outcome !== "success" && outcome !== "clientDisconnected")) return "red";
  return status >= 400 ? "yellow" : "green";
}

function mailLines({ overview }: ViewModel, columns: number): readonly Line[] {
  return overview.mail.map(({ at, to, subject }) => {
    const room = Math.max(8, Math.floor((columns - 14) / 2));
    return [
      span(` ${at.slice(11, 19)}  `, "dim"),
      span(padded(printable(subject), room)),
      span(`  ${printable(to)}`, "dim"),
    ];
  });
}

function noteLines({ notes }: ViewModel): readonly Line[] {
  return notes.map((note) => [span(` ${printable(note)}`, "yellow")]);
}
