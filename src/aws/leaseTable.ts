import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../errors/serviceError.ts';
import { errorFacts } from './errorFacts.ts';

/** Options of {@link prepareLeaseTable}. */
export interface LeaseTableOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Makes a call, and says what was called when it is refused. */
  readonly call: <R>(operation: string, run: () => Promise<R>) => Promise<R>;
}

const lookAgainMs = 100;
const usable = new Set(['ACTIVE', 'UPDATING']);
const passing = new Set(['CREATING', 'DELETING']);

/**
 * Makes the lease table when there is none, and waits until it can be used. Several processes may do so at the same time.
 *
 * @throws ServiceError when a table of that name is of another kind, or cannot be used.
 */
export async function prepareLeaseTable(options: LeaseTableOptions): Promise<void> {
  for (;;) {
    const found = await describe(options);
    if (found === undefined)
      await create(options); // also where one of that name was just being deleted
    else {
      const { TableStatus: status = '', KeySchema: keys = [] } = found;
      const [first] = keys;
      if (!passing.has(status) && (keys.length !== 1 || first?.AttributeName !== 'leaseKey')) {
        const names = keys.map(({ AttributeName }) => AttributeName).join(', ');
        throw refusal(options.table, 'ForeignTable', `its key is ${names}, and must be leaseKey alone`);
      }
      if (usable.has(status)) return;
      if (!passing.has(status)) throw refusal(options.table, 'UnusableTable', `its status is ${status}`);
    }
    await sleep(lookAgainMs);
  }
}

function refusal(table: string, serviceCode: string, why: string): ServiceError {
  const message = `table ${table} cannot keep leases: ${why}; name another one (kinesis.leaseTable)`;
  return new ServiceError('SERVICE_REFUSED', message, { operation: 'dynamodb.DescribeTable', serviceCode });
}

function describe({ client, table, call }: LeaseTableOptions): Promise<TableDescription | undefined> {
  return call('DescribeTable', async () => {
    try {
      return (await client.send(new DescribeTableCommand({ TableName: table }))).Table;
    } catch (error) {
      if (errorFacts(error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  });
}

function create({ client, table, call }: LeaseTableOptions): Promise<void> {
  const command = new CreateTableCommand({
    TableName: table,
    AttributeDefinitions: [{ AttributeName: 'leaseKey', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'leaseKey', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  return call('CreateTable', async () => {
    try {
      await client.send(command);
    } catch (error) {
      if (errorFacts(error).name !== 'ResourceInUseException') throw error; // another process was faster
    }
  });
}
