import { kinesisWriter } from '../../aws/kinesisWriter.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { kafkaWriter } from '../../kafka/kafkaWriter.ts';
import type { RecordWriter } from '../../ports/recordWriter.ts';

const rule = 'must be kafka://HOST:PORT/TOPIC (more brokers with commas between) or kinesis://STREAM';

/**
 * Opens what `--to` names: `kafka://HOST:PORT[,HOST:PORT…]/TOPIC` or `kinesis://STREAM`. Nothing is connected before the first write.
 *
 * @throws ConfigurationError when it is neither.
 */
export function openTarget(target: string): RecordWriter {
  const kafka = /^kafka:\/\/([^/@?#]+)\/([^/?#]+)$/.exec(target);
  const kinesis = /^kinesis:\/\/([^/?#]+)$/.exec(target);
  try {
    if (kafka !== null) return kafkaWriter({ brokers: (kafka[1] ?? '').split(','), topic: kafka[2] ?? '' });
    if (kinesis !== null) return kinesisWriter({ stream: kinesis[1] ?? '' });
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    const problems = cause.problems.map((problem) => ({ ...problem, field: `--to: ${problem.field}` }));
    throw new ConfigurationError(problems, { cause });
  }
  throw new ConfigurationError([{ field: '--to', rule, value: target }]);
}
