/** What ends the parts that were started, in the order of their starts. */
export type Cleanups = (() => Promise<void> | void)[];

/** Ends everything, the newest first, whatever becomes of the others. */
export async function cleanUp(cleanups: Cleanups, log: (line: string) => void): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      await cleanup();
    } catch (error) {
      log(`stop: ${String(error)}`);
    }
  }
}
