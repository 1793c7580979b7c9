import type { AwsOptions } from './awsOptions.ts';
import { type FoundRecord, scanStream } from './scanStream.ts';

/**
 * Reads all that a stream holds now, as {@link scanStream} does.
 *
 * @throws SourceError when there is no such stream, or it may not be read.
 * @throws ServiceError when Kinesis cannot be reached.
 */
export async function readWholeStream(stream: string, options: AwsOptions = {}): Promise<FoundRecord[]> {
  const found: FoundRecord[] = [];
  await scanStream(stream, options, (records) => found.push(...records) > 0);
  return found;
}
