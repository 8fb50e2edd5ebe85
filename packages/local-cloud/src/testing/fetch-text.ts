/** Less than a test may take. */
export const ANSWERS_WITHIN_MS = 45_000;

/** A whole answer. @throws an error that names the call, when there is none in time */
export async function fetchText(
  url: string,
  init: RequestInit,
  withinMs = ANSWERS_WITHIN_MS,
): Promise<{ readonly status: number; readonly ok: boolean; readonly text: string }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(withinMs) });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (cause) {
    throw new Error(`${init.method ?? "GET"} ${url} had no answer: ${String(cause)}`, { cause });
  }
}
