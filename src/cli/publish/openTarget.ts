import { kinesisWriter } from '../../aws/kinesisWriter.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { kafkaWriter } from '../../kafka/kafkaWriter.ts';
import type { RecordWriter } from '../../ports/recordWriter.ts';
import type { Address } from './readAddress.ts';

/**
 * Opens a topic or stream for writing. Nothing is connected before the first write.
 *
 * @param field - What told the address, for errors.
 * @throws ConfigurationError when a broker of it is none.
 */
export function openTarget(address: Address, field = '--to'): RecordWriter {
  const { stream } = address;
  try {
    if (address.kind === 'kafka') return kafkaWriter({ ...address.connection, topic: stream });
    return kinesisWriter({ stream });
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    const problems = cause.problems.map((problem) => ({ ...problem, field: `${field}: ${problem.field}` }));
    throw new ConfigurationError(problems, { cause });
  }
}
