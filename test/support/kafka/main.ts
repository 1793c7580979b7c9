import { parseArgs } from 'node:util';
import { MissingToolError } from './missingToolError.ts';
import { recipe } from './recipe.ts';
import { startKafka } from './startKafka.ts';

const { port: defaultPort, ...properties } = recipe.playground;
const usage = `npm run kafka -- [--port PORT]

Starts Apache Kafka ${recipe.version} on 127.0.0.1 until Ctrl-C; topics are made when they are first used.
  --port PORT  where clients connect; default ${defaultPort}
The data goes to a temporary folder that is removed at the end.`;

const readPort = (): number | undefined => {
  const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) return undefined;
  const port = Number(values.port ?? defaultPort);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new TypeError(`--port must be a whole number from 1 to 65535, not "${values.port}"`);
};

const main = async (): Promise<number> => {
  let port: number | undefined;
  try {
    port = readPort();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (port === undefined) {
    console.log(usage);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    console.error(`Starting Apache Kafka ${recipe.version} …`);
    await using cluster = await startKafka({ port, properties, signal: stop.signal });
    console.log(cluster.brokers.join(','));
    console.error('Ready; Ctrl-C stops it and removes its data.');
    const beat = setInterval(() => undefined, 60_000); // keeps this process alive
    await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }));
    clearInterval(beat);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    console.error((error as Error).message);
    return error instanceof MissingToolError ? 2 : 1;
  }
};

process.exitCode = await main();
