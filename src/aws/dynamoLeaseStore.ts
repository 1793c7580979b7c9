import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Lease, LeaseStore } from '../ports/leaseStore.ts';
import type { AwsOptions } from './awsOptions.ts';
import { clientConfig } from './clientConfig.ts';
import { errorFacts } from './errorFacts.ts';
import { fromLeaseItem, type LeaseItem, toLeaseItem } from './leaseItem.ts';
import { prepareLeaseTable } from './leaseTable.ts';
import { prepareClient } from './prepareClient.ts';
import { toServiceError } from './toServiceError.ts';

/** Options of {@link dynamoLeaseStore}. */
export interface DynamoLeaseStoreOptions extends AwsOptions {
  /** Name of the table. */
  readonly table: string;
}

/** A lease must be tried again well before it runs out. */
const defaultTimeoutMs = 1_000;

/** Attributes to set, and to take away where the value is `undefined`. */
type Changes = Readonly<Record<string, AttributeValue | undefined>>;

/** Keeps leases in a DynamoDB table, in the format of the Kinesis Client Library 2. */
export function dynamoLeaseStore(options: DynamoLeaseStoreOptions): LeaseStore {
  const { table, timeoutMs = defaultTimeoutMs } = options;
  const client = new DynamoDBClient(clientConfig({ ...options, timeoutMs }, 'DYNAMODB'));
  prepareClient(client, 'dynamodb', options);

  const call = async <R>(operation: string, run: () => Promise<R>): Promise<R> => {
    try {
      return await run();
    } catch (error) {
      const permission = `dynamodb:${operation} on table/${table}`;
      throw toServiceError(error, { operation: `dynamodb.${operation}`, subject: table, permission });
    }
  };
  const read = async (key: string): Promise<Lease | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true });
    const { Item } = await call('GetItem', () => client.send(command));
    return Item && fromLeaseItem(Item);
  };
  /** @param made - Tells whether a lease is what this very change would have made of it. */
  const change = async (seen: Lease, changes: Changes, made: (now: Lease) => boolean): Promise<Lease | undefined> => {
    const command = new UpdateItemCommand({ TableName: table, Key: keyOf(seen.key), ...updateOf(seen, changes) });
    const item = await call('UpdateItem', () =>
      client.send(command).then(({ Attributes }) => Attributes, unlessChanged),
    );
    if (item !== undefined) return fromLeaseItem(item);
    // The write may have taken effect although its answer was lost, and the SDK's repetition failed on its own trace.
    const now = await read(seen.key);
    return now !== undefined && now.counter === seen.counter + 1 && made(now) ? now : undefined;
  };

  return {
    prepare: () => prepareLeaseTable({ client, table, call }),
    async list() {
      const leases: Lease[] = [];
      let from: LeaseItem | undefined;
      do {
        const command = new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          ...(from && { ExclusiveStartKey: from }),
        });
        const { Items = [], LastEvaluatedKey } = await call('Scan', () => client.send(command));
        leases.push(...Items.map(fromLeaseItem).filter((lease) => lease !== undefined));
        from = LastEvaluatedKey;
      } while (from !== undefined);
      return leases;
    },
    find: read,
    create(lease) {
      const command = new PutItemCommand({
        TableName: table,
        Item: toLeaseItem(lease),
        ConditionExpression: 'attribute_not_exists(leaseKey)',
      });
      return call('PutItem', () => client.send(command).then(() => true, unlessChanged)).then((done) => done === true);
    },
    take(seen, owner) {
      const switched = seen.owner !== undefined && seen.owner !== owner;
      const ownerSwitchesSinceCheckpoint = { N: String(seen.ownerSwitches + (switched ? 1 : 0)) };
      const changes = { leaseOwner: { S: owner }, ownerSwitchesSinceCheckpoint, checkpointOwner: undefined };
      return change(seen, changes, (now) => now.owner === owner);
    },
    renew: (held) => change(held, {}, (now) => now.owner === held.owner),
    begin(held, latestMs) {
      const changes = { swathLatest: { S: new Date(latestMs).toISOString() } };
      return change(held, changes, (now) => now.owner === held.owner && now.latestMs === latestMs);
    },
    checkpoint(held, { checkpoint, subSequence, map }, children = []) {
      const changes: Changes = {
        checkpoint: { S: checkpoint },
        checkpointSubSequenceNumber: { N: String(subSequence) },
        ownerSwitchesSinceCheckpoint: { N: '0' },
        swathMap: map === '' ? undefined : { S: map },
        ...(checkpoint !== 'LATEST' && { swathLatest: undefined }),
        ...(children.length > 0 && { childShardIds: { SS: [...children] } }),
        pendingCheckpoint: undefined,
        pendingCheckpointSubSequenceNumber: undefined,
        pendingCheckpointState: undefined,
      };
      return change(
        held,
        changes,
        (now) => now.owner === held.owner && now.checkpoint === checkpoint && now.map === map,
      );
    },
    release: (held) => change(held, { leaseOwner: undefined }, (now) => now.owner === undefined),
    async remove(seen) {
      const command = new DeleteItemCommand({
        TableName: table,
        Key: keyOf(seen.key),
        ConditionExpression: 'leaseCounter = :seen',
        ExpressionAttributeValues: { ':seen': { N: String(seen.counter) } },
      });
      const done = await call('DeleteItem', () => client.send(command).then(() => true, unlessChanged));
      return done === true;
    },
    close: () => client.destroy(),
  };
}

function keyOf(key: string): LeaseItem {
  return { leaseKey: { S: key } };
}

/** Lets a failed condition pass as `undefined`. */
function unlessChanged(error: unknown): undefined {
  if (errorFacts(error).name !== 'ConditionalCheckFailedException') throw error;
  return undefined;
}

/** The update that makes `changes` and moves the counter, on the condition that the lease is as it was seen. */
function updateOf(seen: Lease, changes: Changes) {
  const all = { ...changes, leaseCounter: { N: String(seen.counter + 1) } };
  const entries = Object.entries<AttributeValue | undefined>(all).map(([name, value], i) => ({ name, value, at: i }));
  const set = entries.filter(({ value }) => value !== undefined).map(({ at }) => `#n${at} = :v${at}`);
  const gone = entries.filter(({ value }) => value === undefined).map(({ at }) => `#n${at}`);
  const owned = seen.owner === undefined ? 'attribute_not_exists(leaseOwner)' : 'leaseOwner = :owner';
  return {
    UpdateExpression: `SET ${set.join(', ')}${gone.length > 0 ? ` REMOVE ${gone.join(', ')}` : ''}`,
    ConditionExpression: `leaseCounter = :seen AND ${owned}`,
    ExpressionAttributeNames: Object.fromEntries(entries.map(({ name, at }) => [`#n${at}`, name])),
    ExpressionAttributeValues: {
      ':seen': { N: String(seen.counter) },
      ...(seen.owner !== undefined && { ':owner': { S: seen.owner } }),
      ...Object.fromEntries(entries.flatMap(({ value, at }) => (value === undefined ? [] : [[`:v${at}`, value]]))),
    },
    ReturnValues: 'ALL_NEW' as const,
  };
}
