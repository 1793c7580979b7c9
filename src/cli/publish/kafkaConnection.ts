import { z } from 'zod';
import { type KafkaOptions, kafkaOptions } from '../../config/kafkaOptions.ts';
import { loadConfig } from '../../config/loadConfig.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';

/** Where a command without a pipeline finds how to reach brokers. */
export interface KafkaSettings {
  /** A pipeline's configuration, of which the section `kafka` counts. */
  readonly config?: string | undefined;
  /** `kafka.path=value`. */
  readonly set?: readonly string[] | undefined;
}

const schema = z.strictObject({ kafka: kafkaOptions.prefault({}) });

/**
 * Reads how to reach brokers as a pipeline would: `--set` over environment over file. Streams of Kinesis need nothing of it.
 *
 * @param addresses - What the command was given; none of them is read.
 * @throws ConfigurationError when an option cannot be used, or is given where no address is one of Kafka.
 */
export function kafkaConnection(
  { config, set }: KafkaSettings,
  addresses: readonly (string | undefined)[],
): KafkaOptions {
  const needed = addresses.some((address) => address !== undefined && !address.startsWith('kinesis://'));
  if (needed) return loadConfig(schema, { file: config, set, section: 'kafka' }).kafka;
  const given = Object.entries({ '--config': config, '--set': set }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return {};
  throw new ConfigurationError(given.map(([field]) => ({ field, rule: 'is for kafka:// addresses' })));
}
