import type { Settings } from "../config/load.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { Clock } from "../ports.ts";
import { notificationBody, signedHeaders } from "../report/notification.ts";

/** Tells others what was decided. It never fails and never holds a delivery up. */
export interface Notifier {
  notify(entry: LedgerEntry): void;
  /** Waits for what is on its way, but not for long. */
  settle(): Promise<void>;
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 5000;
/** How long the end of a command may wait for them all. */
const SETTLE_MS = 8000;

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export function createNotifier(
  {
    settings,
    clock,
    say,
  }: { readonly settings: Settings; readonly clock: Clock; readonly say: (line: string) => void },
  fetch: Fetch = globalThis.fetch,
): Notifier {
  const { notifications } = settings.configuration;
  const sent: Promise<void>[] = [];
  const value = (name: string | undefined) =>
    name === undefined ? undefined : settings.secrets.get(name)?.reveal();

  async function send(urlFrom: string, secretFrom: string | undefined, entry: LedgerEntry): Promise<void> {
    const url = value(urlFrom);
    if (url === undefined || url === "") return;
    const body = notificationBody(entry);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const headers = signedHeaders(body, value(secretFrom), clock.now());
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      // Where the body goes is decided here, not by whoever answers.
      const init = { method: "POST", headers, body, signal, redirect: "manual" as const };
      const status = await fetch(url, init).then(
        (response) => response.status,
        () => undefined,
      );
      if (status !== undefined && status < 300) return;
      // Another status than these is the receiver's last word.
      if (status !== undefined && status !== 429 && status < 500) break;
      if (attempt < ATTEMPTS) await clock.sleep(1000 * attempt);
    }
    say(`the notification to ${urlFrom} of "${entry.type}" was not taken`);
  }

  return {
    notify: (entry) => {
      for (const { urlFrom, secretFrom, on } of notifications)
        if ((on as readonly string[]).includes(entry.type))
          sent.push(send(urlFrom, secretFrom, entry).catch(() => undefined));
    },
    settle: async () => {
      if (sent.length === 0) return;
      await Promise.race([Promise.all(sent), clock.sleep(SETTLE_MS)]);
    },
  };
}
