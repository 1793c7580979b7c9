import { type PrepareTableOptions, prepareTable } from './prepareTable.ts';

/** Options of {@link prepareLeaseTable}. */
export interface LeaseTableOptions extends Pick<PrepareTableOptions, 'client' | 'call'> {
  readonly table: string;
}

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
    use: 'keep leases',
    option: 'kinesis.leaseTable',
  });
}
