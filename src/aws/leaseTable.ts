import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../errors/serviceError.ts';
import { type PrepareTableOptions, prepareTable } from './prepareTable.ts';

/** Options of {@link prepareLeaseTable}. */
export interface LeaseTableOptions extends Pick<PrepareTableOptions, 'client' | 'call'> {
  readonly table: string;
}

const usable = new Set(['ACTIVE', 'UPDATING']);
const passing = new Set(['CREATING', 'DELETING']);

/**
 * Makes the lease table when there is none, and waits until it can be used. Several processes may do so at the same time.
 *
 * @throws ServiceError when a table of that name is of another kind, or cannot be used.
 */
export function prepareLeaseTable({ client, table, call }: LeaseTableOptions): Promise<void> {
  return prepareTable({
    client,
    call,
    table: {
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'leaseKey', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'leaseKey', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
    check: (found) => checkLeaseTable(table, found),
  });
}

function checkLeaseTable(table: string, { TableStatus, KeySchema: keys = [] }: TableDescription): void {
  const status: string = TableStatus ?? '';
  if (passing.has(status)) return;
  if (keys.length !== 1 || keys[0]?.AttributeName !== 'leaseKey') {
    const names = keys.map(({ AttributeName }) => AttributeName).join(', ');
    throw refusal(table, 'ForeignTable', `its key is ${names}, and must be leaseKey alone`);
  }
  if (!usable.has(status)) throw refusal(table, 'UnusableTable', `its status is ${status}`);
}

function refusal(table: string, serviceCode: string, why: string): ServiceError {
  const message = `table ${table} cannot keep leases: ${why}; name another one (kinesis.leaseTable)`;
  return new ServiceError('SERVICE_REFUSED', message, { operation: 'dynamodb.DescribeTable', serviceCode });
}
