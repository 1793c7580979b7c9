const opening = new Set<Promise<void>>();

/**
 * The outputs that are being opened. A source reads nothing before they are, so that one that is missing is told of before tiles
 * are paid for.
 *
 * One set for the process: sinks have nothing in common with their source but the moment at which they are subscribed to, and
 * delaying the subscription instead would lose what a shared source emits meanwhile. A source that waits for the output of
 * another pipeline waits some seconds at most.
 */
export const outputsOpen = {
  /** Makes sources wait until the answered function is called: when an output has opened, or its failure has been told. */
  begin(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    opening.add(promise);
    return () => {
      opening.delete(promise);
      resolve();
    };
  },

  /**
   * Resolves when the outputs that were subscribed to in the same turn have opened or failed; at once when `signal`
   * aborts.
   *
   * @param own - Opens what the source itself writes to.
   * @throws What `own` throws.
   */
  async settled(signal: AbortSignal, own?: () => Promise<void>): Promise<void> {
    await undefined; // sinks beside this source's own subscribe after it
    if (signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const stop = (): void => aborted.resolve();
    signal.addEventListener('abort', stop);
    const all = Promise.all([own?.(), othersSettled()]);
    await Promise.race([all, aborted.promise]).finally(() => signal.removeEventListener('abort', stop));
  },
} as const;

async function othersSettled(): Promise<void> {
  while (opening.size > 0) await Promise.all(opening);
}
