/**
 * Lets SIGINT and SIGTERM end the process as long as nothing else listens for them, also where it is the first process of a
 * container, which without a listener would not hear them at all: with status 130 or 143 there, by the signal itself elsewhere.
 */
export function endOnSignals(): void {
  const end = (name: NodeJS.Signals, number: number): void => {
    if (process.listenerCount(name) > 1) return;
    if (process.pid === 1) process.exit(128 + number);
    // Not by exiting, which would wait for a file that does not answer.
    process.off(name, end);
    process.kill(process.pid, name);
  };
  process.on('SIGINT', end).on('SIGTERM', end);
}
