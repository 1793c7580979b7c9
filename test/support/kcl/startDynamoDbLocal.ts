import { childLines } from '../childLines.ts';
import { prepareJava } from './prepareJava.ts';

/** DynamoDB as AWS gives it away, in memory. */
export interface DynamoDbLocal {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts DynamoDB Local on loopback. */
export async function startDynamoDbLocal(env: NodeJS.ProcessEnv): Promise<DynamoDbLocal> {
  const program = { name: 'dynamodb-local', pom: 'dynamodb-local.pom.xml', main: 'DynamoDbOnLoopback' };
  const { java, args } = await prepareJava(program, env);
  const child = childLines(java, args, { env });
  let port: string | undefined;
  await child.until((lines) => {
    port = lines.map((line) => /^port (\d+)$/.exec(line)?.[1]).find(Boolean);
    return port !== undefined;
  });
  return { url: `http://127.0.0.1:${port}`, close: () => child.kill() };
}
