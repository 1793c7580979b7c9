import { checkConfig } from '../../config/checkConfig.ts';
import type { KafkaOptions } from '../../config/kafkaOptions.ts';
import { kafkaTopic } from '../../config/kafkaTopic.ts';
import { streamName } from '../../config/streamName.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';

/** A topic or stream as the command line names it. */
export type Address =
  | { readonly kind: 'kafka'; readonly connection: KafkaOptions; readonly stream: string }
  | { readonly kind: 'kinesis'; readonly stream: string };

const rule = 'must be kafka://HOST:PORT/TOPIC (more brokers with commas between) or kinesis://STREAM';

/**
 * Reads `kafka://HOST:PORT[,HOST:PORT…]/TOPIC` or `kinesis://STREAM`.
 *
 * @param field - What the address was given as, for the message.
 * @param connection - How to reach brokers; which, the address says.
 * @throws ConfigurationError when it is neither.
 */
export function readAddress(text: string, field: string, connection: KafkaOptions = {}): Address {
  const kafka = /^kafka:\/\/([^/@?#]+)\/([^/?#]+)$/.exec(text);
  if (kafka !== null) {
    const stream = checkConfig(kafkaTopic, kafka[2], `${field}: topic`);
    return { kind: 'kafka', connection: { ...connection, brokers: (kafka[1] ?? '').split(',') }, stream };
  }
  const kinesis = /^kinesis:\/\/([^/@?#]+)$/.exec(text);
  if (kinesis !== null) return { kind: 'kinesis', stream: checkConfig(streamName, kinesis[1], `${field}: stream`) };
  throw new ConfigurationError([{ field, rule, value: text }]);
}
