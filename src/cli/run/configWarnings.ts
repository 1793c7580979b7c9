/** The options that are looked at, where a pipeline has them. */
interface LookedAt {
  readonly drainMs?: unknown;
  readonly redelivery?: {
    readonly maxAttempts?: unknown;
    readonly backoff?: { readonly initialMs?: unknown; readonly maxMs?: unknown; readonly factor?: unknown };
  };
}

/** Lists what can be used, and probably is not what was meant. */
export function configWarnings(config: unknown): string[] {
  if (typeof config !== 'object' || config === null) return [];
  const { drainMs, redelivery } = config as LookedAt;
  const { maxAttempts } = redelivery ?? {};
  const { initialMs, maxMs, factor } = redelivery?.backoff ?? {};
  const known = [drainMs, maxAttempts, initialMs, maxMs, factor];
  if (!known.every((value) => typeof value === 'number')) return [];
  const [drain = 0, attempts = 0, initial = 0, most = 0, growth = 1] = known;
  const longestMs = attempts < 2 ? 0 : Math.min(most, initial * growth ** (attempts - 2));
  if (longestMs <= drain) return [];
  return [
    `a tile may wait ${longestMs} ms for its next delivery (redelivery.backoff.maxMs), longer than the ${drain} ms of drainMs: a drain may give up before`,
  ];
}
