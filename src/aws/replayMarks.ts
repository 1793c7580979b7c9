import { BatchWriteItemCommand, DynamoDBClient, QueryCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../errors/serviceError.ts';
import type { AwsOptions } from './awsOptions.ts';
import { clientConfig } from './clientConfig.ts';
import { errorFacts } from './errorFacts.ts';
import { patiently } from './patiently.ts';
import { prepareClient } from './prepareClient.ts';
import { type PrepareTableOptions, prepareTable } from './prepareTable.ts';
import { toServiceError } from './toServiceError.ts';

/** Says of a dead letter on Kinesis that it was replayed. */
export interface ReplayMark {
  /** `<shard>/<position>` of the dead letter; of its first part where it has several. */
  readonly place: string;
  /** Names key and bytes of the record that was replayed. */
  readonly digest: string;
  /** How often such a record had been replayed by then, from 1. */
  readonly replays: number;
}

/** Marks of replays in a DynamoDB table: one item for each dead letter that was replayed. */
export interface ReplayMarks {
  /** Makes the table if there is none. */
  prepare(): Promise<void>;
  /** Marks of the dead letters of a stream; none where there is no table. */
  list(stream: string): Promise<ReplayMark[]>;
  /** Resolves when all are kept; throttling and outages are waited out for half a minute. */
  put(stream: string, marks: readonly ReplayMark[]): Promise<void>;
  close(): void;
}

const itemsOfRequest = 25; // DynamoDB's limit

/**
 * Keeps marks of replays in a table with the key `stream`, `place`.
 *
 * @throws ServiceError from every method when DynamoDB cannot be reached or refuses.
 */
export function replayMarks({ table, ...options }: AwsOptions & { readonly table: string }): ReplayMarks {
  const client = new DynamoDBClient(clientConfig(options, 'DYNAMODB'));
  prepareClient(client, 'dynamodb', options);
  const call: PrepareTableOptions['call'] = (operation, run) =>
    run().catch((error: unknown) => {
      const permission = `dynamodb:${operation} on table/${table}`;
      throw toServiceError(error, { operation: `dynamodb.${operation}`, subject: table, permission });
    });
  const write = (requests: WriteRequest[]): Promise<void> => {
    let left = requests;
    return patiently(async () => {
      const command = new BatchWriteItemCommand({ RequestItems: { [table]: left } });
      const { UnprocessedItems } = await call('BatchWriteItem', () => client.send(command));
      left = UnprocessedItems?.[table] ?? [];
      if (left.length === 0) return;
      const facts = { operation: 'dynamodb.BatchWriteItem', serviceCode: 'UnprocessedItems' };
      throw new ServiceError('SERVICE_THROTTLED', `table ${table} takes no more items`, facts);
    });
  };
  return {
    prepare: () =>
      prepareTable({ client, table: tableOfMarks(table), call, use: 'keep marks of replays', option: '--marks' }),
    async list(stream) {
      const marks: ReplayMark[] = [];
      let from: Record<string, never> | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: '#s = :s',
          ExpressionAttributeNames: { '#s': 'stream' },
          ExpressionAttributeValues: { ':s': { S: stream } },
          ...(from && { ExclusiveStartKey: from }),
        });
        const answer = await call('Query', () => client.send(command).catch(withoutTable));
        for (const { place, digest, replays } of answer?.Items ?? [])
          marks.push({ place: place?.S ?? '', digest: digest?.S ?? '', replays: Number(replays?.N) });
        from = answer?.LastEvaluatedKey as typeof from;
      } while (from !== undefined);
      return marks;
    },
    async put(stream, marks) {
      for (let i = 0; i < marks.length; i += itemsOfRequest) {
        const items = marks.slice(i, i + itemsOfRequest).map(({ place, digest, replays }) => ({
          PutRequest: {
            Item: {
              stream: { S: stream },
              place: { S: place },
              digest: { S: digest },
              replays: { N: String(replays) },
            },
          },
        }));
        await write(items);
      }
    },
    close: () => client.destroy(),
  };
}

function withoutTable(error: unknown): undefined {
  if (errorFacts(error).name !== 'ResourceNotFoundException') throw error;
  return undefined;
}

/** The definition of a table that keeps marks. */
function tableOfMarks(table: string): PrepareTableOptions['table'] {
  return {
    TableName: table,
    AttributeDefinitions: [
      { AttributeName: 'stream', AttributeType: 'S' },
      { AttributeName: 'place', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'stream', KeyType: 'HASH' },
      { AttributeName: 'place', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  };
}
