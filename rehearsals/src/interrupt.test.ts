import { expect, test } from "vitest";
import { interrupt, interruptions } from "./interrupt.ts";

const SLOW_MACHINE_MS = 120_000;
/** The moments are early ones. */
const SAYS_WITHIN_MS = 50_000;

// npm run drill -- interrupt: each signal at each of a dozen moments.
test.each(
  interruptions.filter(({ signal, moment }) => signal.signal === "SIGKILL" && moment === "is replaced by"),
)(
  'a rehearsal that is ended by $signal.signal while it says "$moment" leaves no process, no lock and no ref, and the next one starts',
  async (interruption) => {
    expect(await interrupt(interruption, SAYS_WITHIN_MS)).toEqual([]);
  },
  SLOW_MACHINE_MS,
);
