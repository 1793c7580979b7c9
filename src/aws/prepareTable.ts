import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { errorFacts } from './errorFacts.ts';

/** Options of {@link prepareTable}. */
export interface PrepareTableOptions {
  readonly client: DynamoDBClient;
  /** How the table is made when there is none. */
  readonly table: CreateTableCommandInput;
  /** Makes a call, and says what was called when it is refused. */
  readonly call: <R>(operation: string, run: () => Promise<R>) => Promise<R>;
  /** Throws when the table that is there is of no use; default none is. */
  readonly check?: (found: TableDescription) => void;
}

const lookAgainMs = 100;
const usable = new Set(['ACTIVE', 'UPDATING']);

/** Makes a table of DynamoDB when there is none, and waits until it can be used. Several processes may do so at the same time. */
export async function prepareTable({ client, table, call, check }: PrepareTableOptions): Promise<void> {
  for (;;) {
    const found = await call('DescribeTable', async () => {
      const describe = new DescribeTableCommand({ TableName: table.TableName });
      return (await unless('ResourceNotFoundException', client.send(describe)))?.Table;
    });
    if (found !== undefined) check?.(found);
    if (usable.has(found?.TableStatus ?? '')) return;
    // In use: another process was faster. There is none, too, where one of that name was just being deleted.
    const create = (): Promise<unknown> => unless('ResourceInUseException', client.send(new CreateTableCommand(table)));
    if (found === undefined) await call('CreateTable', create);
    await sleep(lookAgainMs);
  }
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
