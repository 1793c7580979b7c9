import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { ServiceError } from '../errors/serviceError.ts';
import { type Shard, toShard } from './shard.ts';
import { streamError } from './streamError.ts';

/**
 * Lists all shards that a stream still has.
 *
 * @param pageSize - Shards of one answer; default as many as Kinesis gives, which is 1,000.
 * @throws SourceError when there is no such stream, or it may not be listed.
 * @throws ServiceError when Kinesis cannot be reached.
 */
export async function listShards(client: KinesisClient, stream: string, pageSize?: number): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | undefined;
  try {
    do {
      const place = token === undefined ? { StreamName: stream } : { NextToken: token };
      const command = new ListShardsCommand({ ...place, ...(pageSize !== undefined && { MaxResults: pageSize }) });
      const answer = await client.send(command);
      if (answer.Shards === undefined) throw unlisted(stream);
      shards.push(...answer.Shards.map(toShard));
      token = answer.NextToken;
    } while (token !== undefined);
  } catch (error) {
    throw streamError(error, 'ListShards', stream);
  }
  return shards;
}

/** An empty list says of each shard that it is gone: its lease would say that it is finished, and nobody would read the rest of it. */
function unlisted(stream: string): ServiceError {
  const operation = 'kinesis.ListShards';
  const message = `${operation} ${stream}: the answer has no list of shards (Shards)`;
  return new ServiceError('SERVICE_UNAVAILABLE', message, { operation, serviceCode: 'MissingShards' });
}
