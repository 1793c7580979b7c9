/** The sources of one run that still have something to free. */
export interface OpenSessions {
  /** Reports that a source is closing; `closing` resolves when it has. */
  add(closing: Promise<void>): void;
  /** Resolves when all reported so far have closed. */
  closed(): Promise<void>;
}

const sessions = new WeakMap<AbortSignal, Set<Promise<void>>>();

/** The sources that share a drain signal: a run waits for these to leave their groups in order. */
export function openSessions(drain: AbortSignal): OpenSessions {
  const closing = sessions.get(drain) ?? new Set();
  sessions.set(drain, closing);
  return {
    add: (promise) => {
      closing.add(promise);
    },
    closed: async () => {
      await Promise.allSettled(closing);
    },
  };
}
