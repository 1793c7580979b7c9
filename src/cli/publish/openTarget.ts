import { kinesisWriter } from '../../aws/kinesisWriter.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { kafkaWriter } from '../../kafka/kafkaWriter.ts';
import type { RecordWriter } from '../../ports/recordWriter.ts';
import { type Address, readAddress } from './readAddress.ts';

/**
 * Opens what `--to` names: `kafka://HOST:PORT[,HOST:PORT…]/TOPIC` or `kinesis://STREAM`. Nothing is connected before the first write.
 *
 * @param field - What told the target, for errors.
 * @throws ConfigurationError when it is neither.
 */
export function openTarget(target: string | Address, field = '--to'): RecordWriter {
  const address = typeof target === 'string' ? readAddress(target, field) : target;
  const { stream } = address;
  try {
    if (address.kind === 'kafka') return kafkaWriter({ brokers: [...address.brokers], topic: stream });
    return kinesisWriter({ stream });
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    const problems = cause.problems.map((problem) => ({ ...problem, field: `${field}: ${problem.field}` }));
    throw new ConfigurationError(problems, { cause });
  }
}
