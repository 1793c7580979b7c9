import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { startModelProcess } from '../../src/local/startModelProcess.ts';
import { type ComposeService, readCompose } from '../support/compose/readCompose.ts';
import { freePorts } from '../support/kafka/freePorts.ts';
import { isFreePort } from '../support/kafka/isFreePort.ts';
import { plainKafka } from '../support/kafka/plainKafka.ts';
import { recipe } from '../support/kafka/recipe.ts';
import { startKafka } from '../support/kafka/startKafka.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const swath = ['--disable-warning=ExperimentalWarning', join(root, 'src/cli/main.ts')];
const picture = join(root, 'node_modules/three-globe/example/img/earth-night.jpg');
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Finds a port that is free together with the three after it. */
const fourPorts = async (): Promise<number> => {
  for (;;) {
    const [port = 0] = await freePorts(1);
    const others = await Promise.all([1, 2, 3].map((i) => isFreePort(port + i)));
    if (others.every(Boolean)) return port;
  }
};

/** Replaces the addresses that containers know each other by. */
const replacer =
  (places: Readonly<Record<string, string>>) =>
  (text: string): string =>
    Object.entries(places).reduce((replaced, [from, to]) => replaced.replaceAll(from, to), text);

it('the services of docker-compose.yml carry a picture to detections, started as they say', async () => {
  await using kafka = await startKafka();
  for (const [name, partitions] of Object.entries(recipe.playground.topics))
    await kafka.createTopic(name, { partitions });
  await using model = await startModelProcess({ modelDir: join(root, 'model/artefact/lights') });
  const port = await fourPorts();
  const [http = 0] = await freePorts(1);
  const [broker = ''] = kafka.brokers;
  const here = replacer({
    'kafka:19092': broker,
    'http://model:8080': model.url,
    'http://local:4566': `http://127.0.0.1:${port}`,
    'http://local:4569': `http://127.0.0.1:${port + 3}`,
    '127.0.0.1:4569': `127.0.0.1:${port + 3}`,
    '127.0.0.1:9464': `127.0.0.1:${http}`,
    '0.0.0.0:9464': `127.0.0.1:${http}`,
    '0.0.0.0': '127.0.0.1',
    'http://jaeger:4318': '', // no Jaeger here: nothing is exported
  });
  const start = async ({ command = [], environment = {}, healthcheck }: ComposeService): Promise<ChildProcess> => {
    const args = command.map((word) => (word === '4566' ? String(port) : here(word)));
    const own = Object.entries(environment).map(([name, value]) => [name, here(String(value))] as const);
    const env = { ...process.env, ...Object.fromEntries(own) };
    const child = spawn(process.execPath, [...swath, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(child);
    const probe = healthcheck?.test.slice(2).map(here) ?? [];
    const isHealthy = (): Promise<boolean> =>
      run(process.execPath, probe).then(
        () => true,
        () => false,
      );
    while (!(await isHealthy())) {
      if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}`);
      await sleep(200);
    }
    return child;
  };
  const { local, pipeline } = readCompose();
  if (!local || !pipeline) throw new Error('docker-compose.yml has no local or no pipeline');
  const services = await start(local);
  const running = await start(pipeline);

  const to = `kafka://${broker}/tiles`;
  const published = await run(process.execPath, [
    ...swath,
    'publish',
    picture,
    '--tile-size',
    '512',
    '--to',
    to,
    '--json',
  ]);
  expect(JSON.parse(published.stdout)).toMatchObject({ records: 32, refused: 0 });

  const consumer = plainKafka(kafka.brokers).consumer({
    groupId: 'looker',
  });
  await consumer.connect();
  await consumer.subscribe({ topic: 'detections', fromBeginning: true });
  const answers = new Map<string, { status: string }>();
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => void (payload.restart || reject(payload.error)));
    const eachMessage = async ({ message }: { message: { key: Buffer | null; value: Buffer | null } }) => {
      answers.set(String(message.key), JSON.parse(String(message.value)));
      if (answers.size === 32) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  expect(new Set([...answers.values()].map(({ status }) => status))).toEqual(new Set(['success']));

  for (const child of [running, services]) {
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }
});
