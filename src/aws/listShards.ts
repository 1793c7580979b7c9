import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { type Shard, toShard } from './shard.ts';
import { streamError } from './streamError.ts';

/**
 * Lists all shards that a stream still has.
 *
 * @throws SourceError when there is no such stream, or it may not be listed.
 * @throws ServiceError when Kinesis cannot be reached.
 */
export async function listShards(client: KinesisClient, stream: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | undefined;
  try {
    do {
      const command = new ListShardsCommand(token === undefined ? { StreamName: stream } : { NextToken: token });
      const answer = await client.send(command);
      shards.push(...(answer.Shards ?? []).map(toShard));
      token = answer.NextToken;
    } while (token !== undefined);
  } catch (error) {
    throw streamError(error, 'ListShards', stream);
  }
  return shards;
}
