import type { Command } from 'commander';
import { optionReaders } from '../optionReaders.ts';

/** Adds the options that say how to reach brokers which want TLS or a password. */
export function withKafka(command: Command): Command {
  return command
    .option('--config <file>', 'Kafka: configuration of a pipeline; of its section kafka all but the brokers counts')
    .option('--set <path=value>', 'Kafka: one option, like kafka.ssl=true; may be repeated', optionReaders.collect);
}
