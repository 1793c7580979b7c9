/** A wish to stop, made by signal. */
export interface SignalStop extends Disposable {
  /** Aborted by the first SIGINT or SIGTERM, or when whoever reads standard output goes away. */
  readonly stop: AbortSignal;
}

/**
 * Listens for SIGINT and SIGTERM until it is disposed of: the first one asks to stop, the second one ends the process at once,
 * with the status that says by which signal (130 or 143). A closed standard output asks to
 * stop as well: a stage may print to `head`. Commands begin with it, before they load what they need.
 */
export function stopOnSignals(): SignalStop {
  const stop = new AbortController();
  const hear = (_: NodeJS.Signals, number: number): void => {
    if (stop.signal.aborted) process.exit(128 + number);
    stop.abort();
  };
  const leave = ({ code }: NodeJS.ErrnoException): void => {
    if (code === 'EPIPE') stop.abort();
  };
  process.on('SIGINT', hear).on('SIGTERM', hear);
  process.stdout.on('error', leave);
  return {
    stop: stop.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', hear).off('SIGTERM', hear);
      process.stdout.off('error', leave);
    },
  };
}
