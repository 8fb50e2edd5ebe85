import { isApiError, sentenceFor } from "./api.ts";

/** How sending a form ended, in words for whoever sent it. */
export type Outcome =
  | { readonly ok: true; readonly message?: string }
  | {
      readonly ok: false;
      /** What is wrong with the whole; none where the fields say it. */
      readonly message?: string;
      /** What is wrong with which field, by its name. */
      readonly fields?: Readonly<Record<string, string>>;
    };

/** How a call of the API ended; `done` is what to say when it went well. */
export async function outcomeOf(call: Promise<unknown>, done?: string): Promise<Outcome> {
  try {
    await call;
    return { ok: true, ...(done === undefined ? {} : { message: done }) };
  } catch (error) {
    const fields = isApiError(error) ? error.data?.fields : undefined;
    return fields === undefined ? { ok: false, message: sentenceFor(error) } : { ok: false, fields };
  }
}
