import { afterAll, beforeAll, expect, it } from 'vitest';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import { s3ObjectStore } from '../../../src/aws/s3ObjectStore.ts';
import { sagemakerEndpoint } from '../../../src/aws/sagemakerEndpoint.ts';
import { startSwath } from '../../support/cli/startSwath.ts';
import { localAws } from '../../support/kinesisBench.ts';
import { type ContainerServer, startContainerServer } from '../local/containerServer.ts';

let container: ContainerServer;
beforeAll(async () => {
  container = await startContainerServer();
});
afterAll(() => container.close());

it('serves what a pipeline needs until a signal, and prints how to reach it', async () => {
  const swath = startSwath(['local', '--model', container.url, '--json']);
  await swath.says(/\n\}\n/);
  await swath.says(/Endpoint detector, buckets in, out, streams tiles, detections, tiles\.dead/);
  await swath.says(/In out: .*failures under async-inference\/failure\/ \(failurePrefix\)/);
  const env = JSON.parse(swath.stdout);
  const stream = { stream: 'tiles', region: 'us-east-1' };
  const kinesis = { ...localAws, endpoint: env.AWS_ENDPOINT_URL_KINESIS };
  const writer = kinesisWriter(stream, kinesis);
  await writer.write({ key: Buffer.from('a'), value: Buffer.from('b'), headers: [] });
  await writer.close();
  expect(await readWholeStream('tiles', kinesis)).toHaveLength(1);
  const store = s3ObjectStore({ ...localAws, endpoint: env.AWS_ENDPOINT_URL_S3 });
  const options = { name: 'detector', inputBucket: 'in', outputBucket: 'out', region: 'us-east-1' };
  const parts = { ...localAws, endpoint: env.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME, store };
  await store.put('s3://in/large', Buffer.from('payload'), { contentType: 'text/plain' });
  const job = { name: 'a/b/job', input: { uri: 's3://in/large' }, contentType: 'text/plain', remainingMs: 60_000 };
  const { outputUri } = await sagemakerEndpoint(options, parts).invoke(job);
  expect(outputUri).toMatch(/^s3:\/\/out\/async-inference\/output\//);
  let answer = await store.get(outputUri);
  while (answer === undefined) answer = await store.get(outputUri);
  expect(answer.bytes.length).toBeGreaterThan(0);
  store.close();
  swath.kill('SIGTERM');
  const { status, stderr } = await swath.ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/Stopping …\n$/) });
});

it('prints lines for a shell, at the ports it was told', async () => {
  const swath = startSwath(['local', '--model', container.url, '--streams', 'only=3', '--buckets', 'data']);
  await swath.says(/streams only/);
  const lines = swath.stdout.trimEnd().split('\n');
  expect(lines).toEqual(expect.arrayContaining(['export AWS_REGION=us-east-1', 'export AWS_ACCESS_KEY_ID=local']));
  expect(lines.filter((line) => /^export AWS_ENDPOINT_URL_\w+=http:\/\/127\.0\.0\.1:\d+$/.test(line))).toHaveLength(6);
  const [, port = ''] = /URL_S3=.*:(\d+)/.exec(swath.stdout) ?? [];
  const taken = startSwath(['local', '--model', container.url, '--port', port]);
  expect(await taken.ended).toMatchObject({
    status: 2,
    stderr: `error: --port: must be a free port for s3, got "127.0.0.1:${port}"\n`,
  });
  swath.kill('SIGINT');
  expect((await swath.ended).status).toBe(0);
});

it.each([
  [['--buckets', 'Bad_B'], '--buckets: must be at most 63 lower case letters, digits, dots or dashes, got "Bad_B"'],
  [['--host', 'nope.invalid'], '--host: must be an address of this machine ('],
])('refuses %j with status 2 and one plain message', async (args, message) => {
  const { status, stdout, stderr } = await startSwath(['local', '--model', container.url, ...args]).ended;
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(message);
});
