import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../errors/serviceError.ts';
import { errorFacts } from './errorFacts.ts';

/** Options of {@link prepareTable}. */
export interface PrepareTableOptions {
  readonly client: DynamoDBClient;
  /** How the table is made when there is none. */
  readonly table: CreateTableCommandInput;
  /** Makes a call, and says what was called when it is refused. */
  readonly call: <R>(operation: string, run: () => Promise<R>) => Promise<R>;
  /** What the table is for, and the option that names it: for the message when the one that is there is of no use. */
  readonly use: string;
  readonly option: string;
}

const lookAgainMs = 100;
const mostMs = 120_000; // a table is made in some seconds
const usable = new Set(['ACTIVE', 'UPDATING']);
const passing = new Set(['CREATING', 'DELETING']);

/**
 * Makes a table of DynamoDB when there is none, and waits until it can be used. Several processes may do so at the same time.
 *
 * @throws ServiceError when a table of that name has another key, cannot be used, or is not ready after two minutes.
 */
export async function prepareTable(options: PrepareTableOptions): Promise<void> {
  const { client, table, call } = options;
  for (const startedMs = performance.now(); ; ) {
    const found = await call('DescribeTable', async () => {
      const describe = new DescribeTableCommand({ TableName: table.TableName });
      return (await unless('ResourceNotFoundException', client.send(describe)))?.Table;
    });
    const lasts = performance.now() - startedMs > mostMs;
    if (found !== undefined && (lasts || !passing.has(found.TableStatus ?? ''))) {
      checkTable(found, options);
      return;
    }
    // In use: another process was faster. There is none, too, where one of that name was just being deleted.
    const create = (): Promise<unknown> => unless('ResourceInUseException', client.send(new CreateTableCommand(table)));
    if (found === undefined) await call('CreateTable', create);
    await sleep(lookAgainMs);
  }
}

function checkTable({ TableStatus, KeySchema }: TableDescription, { table, use, option }: PrepareTableOptions): void {
  const keysOf = (keys: TableDescription['KeySchema'] = []): string =>
    keys.map(({ AttributeName }) => AttributeName).join(', ');
  const refuse = (serviceCode: string, why: string): never => {
    const message = `table ${table.TableName} cannot ${use}: ${why}; name another one (${option})`;
    throw new ServiceError('SERVICE_REFUSED', message, { operation: 'dynamodb.DescribeTable', serviceCode });
  };
  const [keys, wanted] = [keysOf(KeySchema), keysOf(table.KeySchema)];
  if (keys !== wanted) refuse('ForeignTable', `its key is ${keys}, and must be ${wanted}`);
  if (!usable.has(TableStatus ?? '')) refuse('UnusableTable', `its status is ${TableStatus}`);
}

/** Waits for a call; one that was refused for this reason answers nothing. */
async function unless<R>(name: string, answer: Promise<R>): Promise<R | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (errorFacts(error).name === name) return undefined;
    throw error;
  }
}
