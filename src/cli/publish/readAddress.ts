import { ConfigurationError } from '../../errors/configurationError.ts';

/** A topic or stream as the command line names it. */
export type Address =
  | { readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly stream: string }
  | { readonly kind: 'kinesis'; readonly stream: string };

const rule = 'must be kafka://HOST:PORT/TOPIC (more brokers with commas between) or kinesis://STREAM';

/**
 * Reads `kafka://HOST:PORT[,HOST:PORT…]/TOPIC` or `kinesis://STREAM`.
 *
 * @param field - What the address was given as, for the message.
 * @throws ConfigurationError when it is neither.
 */
export function readAddress(text: string, field: string): Address {
  const kafka = /^kafka:\/\/([^/@?#]+)\/([^/?#]+)$/.exec(text);
  if (kafka !== null) return { kind: 'kafka', brokers: (kafka[1] ?? '').split(','), stream: kafka[2] ?? '' };
  const kinesis = /^kinesis:\/\/([^/?#]+)$/.exec(text);
  if (kinesis !== null) return { kind: 'kinesis', stream: kinesis[1] ?? '' };
  throw new ConfigurationError([{ field, rule, value: text }]);
}
