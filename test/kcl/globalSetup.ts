import type { TestProject } from 'vitest/node';
import { startDynamoDbLocal } from '../support/kcl/startDynamoDbLocal.ts';
import { startKinesisLocal } from '../support/kinesis/startKinesisLocal.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kinesis: string;
    dynamodb: string;
  }
}

/** Starts the two services that all tests of this project share. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const dynamodb = await startDynamoDbLocal(process.env);
  const kinesis = await startKinesisLocal();
  provide('kinesis', kinesis.url);
  provide('dynamodb', dynamodb.url);
  return async () => {
    await kinesis.close();
    await dynamodb.close();
  };
}
