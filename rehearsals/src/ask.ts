export interface Question {
  readonly url: string;
  /** Default: GET. */
  readonly method?: string;
  /** A text is JSON, or what an object is to hold. */
  readonly body?: string | FormData;
  /** Default: 30 s. A local cloud that takes longer for a simple call hangs. */
  readonly withinMs?: number;
}

export interface Reply {
  readonly status: number;
  readonly reply: { readonly result: unknown };
}

/** One call to the local cloud. @throws an error that names the call, when it has no whole answer in time */
export async function ask(apiToken: string, question: Question): Promise<Reply> {
  const { url, method = "GET", body, withinMs = 30_000 } = question;
  const headers = {
    authorization: `Bearer ${apiToken}`,
    ...(!(body instanceof FormData) && { "content-type": "application/json" }),
  };
  try {
    const signal = AbortSignal.timeout(withinMs);
    const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
    return { status: response.status, reply: (await response.json()) as Reply["reply"] };
  } catch (cause) {
    throw new Error(`${method} ${url} had no answer: ${String(cause)}`, { cause });
  }
}
