import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { errorFacts } from './errorFacts.ts';

const lookAgainMs = 100;

/** Makes the lease table when there is none, and waits until it can be used. Several processes may do so at the same time. */
export async function prepareLeaseTable(client: DynamoDBClient, table: string): Promise<void> {
  for (let asked = false; ; ) {
    const status = await statusOf(client, table);
    if (status === 'ACTIVE' || status === 'UPDATING') return;
    if (status === undefined && !asked) {
      await create(client, table);
      asked = true;
    }
    await sleep(lookAgainMs);
  }
}

async function statusOf(client: DynamoDBClient, table: string): Promise<string | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: table }))).Table?.TableStatus;
  } catch (error) {
    if (errorFacts(error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function create(client: DynamoDBClient, table: string): Promise<void> {
  const command = new CreateTableCommand({
    TableName: table,
    AttributeDefinitions: [{ AttributeName: 'leaseKey', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'leaseKey', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  try {
    await client.send(command);
  } catch (error) {
    if (errorFacts(error).name !== 'ResourceInUseException') throw error; // another process was faster
  }
}
