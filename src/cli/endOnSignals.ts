/**
 * Ends the process at SIGINT or SIGTERM, with the status that says which (130 or 143), as long as nothing else listens for it.
 *
 * Without a listener a first process of a container would not hear them at all.
 */
export function endOnSignals(): void {
  const end = (name: NodeJS.Signals, number: number): void => {
    if (process.listenerCount(name) === 1) process.exit(128 + number);
  };
  process.on('SIGINT', end).on('SIGTERM', end);
}
