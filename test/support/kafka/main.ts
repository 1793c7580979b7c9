import { parseArgs } from 'node:util';
import { MissingToolError } from './missingToolError.ts';
import { recipe } from './recipe.ts';
import { startKafka } from './startKafka.ts';

const { port: defaultPort, topics: defaultTopics } = recipe.playground;
const shown = Object.entries(defaultTopics).map(([name, partitions]) => `${name}=${partitions}`);
const usage = `npm run kafka -- [--port PORT] [--topics NAME=PARTITIONS,…]

Starts Apache Kafka ${recipe.version} on 127.0.0.1 until Ctrl-C.
  --port PORT     where clients connect; default ${defaultPort}
  --topics NAMES  topics to make, with their partitions; default ${shown.join(',')}
The data goes to a temporary folder that is removed at the end.`;

/** What the command line asks for; undefined for help. */
interface Wish {
  readonly port: number;
  readonly topics: Readonly<Record<string, number>>;
}

const readTopics = (text: string): Record<string, number> => {
  const topics: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [, name, partitions] = /^([\w.-]{1,249})=([1-9]\d{0,3})$/.exec(part) ?? [];
    if (!name) throw new TypeError(`--topics must be NAME=PARTITIONS, more of them after commas, not "${part}"`);
    topics[name] = Number(partitions);
  }
  return topics;
};

const readWish = (): Wish | undefined => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { port: text, topics: text, help: { type: 'boolean' } } });
  if (values.help) return undefined;
  const port = Number(values.port ?? defaultPort);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError(`--port must be a whole number from 1 to 65535, not "${values.port}"`);
  }
  return { port, topics: values.topics === undefined ? defaultTopics : readTopics(values.topics) };
};

const main = async (): Promise<number> => {
  let wish: Wish | undefined;
  try {
    wish = readWish();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (!wish) {
    console.log(usage);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    console.error(`Starting Apache Kafka ${recipe.version} …`);
    await using cluster = await startKafka({ port: wish.port, signal: stop.signal });
    for (const [name, partitions] of Object.entries(wish.topics)) await cluster.createTopic(name, { partitions });
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
