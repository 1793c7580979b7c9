import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CallCounter } from '../../../src/aws/callCounter.ts';
import { decodeAggregate } from '../../../src/aws/decodeAggregate.ts';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import type { RecordWriter } from '../../../src/ports/recordWriter.ts';
import { localAws } from '../../support/kinesisBench.ts';

interface Sent {
  readonly Records: readonly { readonly PartitionKey: string; readonly Data: string }[];
}
type Answer = (sent: Sent) => { readonly status: number; readonly body: unknown };

const refused = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' };
const top = 2n ** 128n - 1n;
const half = 2n ** 127n;
const shard = (id: string, start: bigint, end: bigint) => ({
  ShardId: id,
  HashKeyRange: { StartingHashKey: `${start}`, EndingHashKey: `${end}` },
  SequenceNumberRange: { StartingSequenceNumber: '4965' },
});
/** MD5 of `alpha` lies in the lower half, of `one` and `two` in the upper. */
const twoShards = [shard('lower', 0n, half - 1n), shard('upper', half, top)];
const took = (id: string) => ({ SequenceNumber: '4966', ShardId: id });

let server: Server;
let shards: unknown[] | undefined;
let answers: Answer[];
let sent: Sent[];
const warnings: string[] = [];
const calls = new CallCounter();
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const reply = (status: number, body: unknown): unknown =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    if (request.headers['x-amz-target'] === 'Kinesis_20131202.ListShards')
      return shards === undefined
        ? reply(400, { __type: 'AccessDeniedException', message: 'said so' })
        : reply(200, { Shards: shards });
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Sent;
    sent.push(body);
    const takeAll: Answer = ({ Records }) => ({
      status: 200,
      body: { FailedRecordCount: 0, Records: Records.map(() => took('upper')) },
    });
    const answer = (answers.shift() ?? takeAll)(body);
    return reply(answer.status, answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  shards = twoShards;
  answers = [];
  sent = [];
  calls.reset();
  const silent = (): void => undefined;
  const warn = (message: string): unknown => warnings.push(message);
  diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
});
afterEach(() => {
  diag.disable();
  warnings.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const open = (options: object = {}): RecordWriter => {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { stream: 'detections', region: 'us-east-1', aggregate: true, ...options };
  return kinesisWriter(settings, { ...localAws, endpoint, delayMs: () => 1, calls });
};
const write = (writer: RecordWriter, key: string | null, value: string | Uint8Array = key ?? '') =>
  writer.write({ key: key === null ? null : Buffer.from(key), value: Buffer.from(value), headers: [] });
/** Keys of what was sent: of each request, of each Kinesis record, of each record in it. */
const keys = (): string[][][] =>
  sent.map(({ Records }) =>
    Records.map(({ PartitionKey, Data }) =>
      (decodeAggregate(Buffer.from(Data, 'base64')) ?? [{ partitionKey: PartitionKey }]).map(
        ({ partitionKey }) => partitionKey,
      ),
    ),
  );

it('sends what goes to one shard as one record, and what is alone as it is', async () => {
  const writer = open();
  await Promise.all(['one', 'alpha', 'two'].map((key) => write(writer, key)));
  expect(keys()).toEqual([[['one', 'two'], ['alpha']]]);
  await write(writer, 'two');
  expect(sent[1]?.Records[0]?.Data).toBe(Buffer.from('two').toString('base64'));
  expect(calls.toJSON()).toEqual({ 'kinesis.ListShards': 1, 'kinesis.PutRecords': 2 });
  await writer.close();
});

it('sends only the aggregate again that the stream did not take, and resolves its records after that', async () => {
  answers = [() => ({ status: 200, body: { FailedRecordCount: 1, Records: [refused, took('lower')] } })];
  const writer = open();
  const order: string[] = [];
  const written = ['one', 'alpha', 'two', 'alpha'].map((key) => write(writer, key).then(() => order.push(key)));
  await Promise.all(written);
  expect(keys()).toEqual([
    [
      ['one', 'two'],
      ['alpha', 'alpha'],
    ],
    [['one', 'two']],
  ]);
  expect(order).toEqual(['alpha', 'alpha', 'one', 'two']);
  await writer.close();
});

it('fails every record of an aggregate that the stream never takes', async () => {
  const never: Answer = () => ({ status: 200, body: { FailedRecordCount: 1, Records: [refused] } });
  answers = [never, never];
  const writer = open({ maxAttempts: 2 });
  const results = await Promise.allSettled(['one', 'two'].map((key) => write(writer, key)));
  for (const result of results)
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'WRITE_FAILED', retryable: true } });
  await writer.close();
});

it('looks for the shards again when a record went to another one', async () => {
  const writer = open();
  answers = [() => ({ status: 200, body: { FailedRecordCount: 0, Records: [took('right half of upper')] } })];
  await Promise.all(['one', 'two'].map((key) => write(writer, key)));
  while (calls.toJSON()['kinesis.ListShards'] === 1) await write(writer, 'one');
  expect(calls.toJSON()['kinesis.ListShards']).toBe(2);
  await writer.close();
});

it('sends records unpacked where the shards cannot be listed, and says so', async () => {
  shards = undefined;
  const writer = open();
  await Promise.all(['one', 'two'].map((key) => write(writer, key)));
  expect(keys()).toEqual([[['one'], ['two']]]);
  expect(warnings.join()).toContain('the shards of detections cannot be listed, so records travel unpacked');
  expect(warnings.join()).toContain('kinesis:ListShards');
  await writer.close();
});

it('makes no record of more than 1 MiB and no request of more than 5 MiB', async () => {
  const writer = open({ lingerMs: 50 });
  const parts = Array.from({ length: 40 }, (_, i) =>
    write(writer, i % 2 === 0 ? 'one' : 'two', new Uint8Array(300_000)),
  );
  const whole = write(writer, 'alpha', new Uint8Array(1024 * 1024 - 5));
  await Promise.all([...parts, whole]);
  const sizes = sent.map(({ Records }) =>
    Records.map(({ Data, PartitionKey }) => Buffer.from(Data, 'base64').length + PartitionKey.length),
  );
  expect(Math.max(...sizes.flat())).toBeLessThanOrEqual(1024 * 1024);
  expect(Math.max(...sizes.map((each) => each.reduce((a, b) => a + b)))).toBeLessThanOrEqual(5 * 1024 * 1024);
  expect(keys().flat(2)).toHaveLength(41);
  expect(Math.max(...keys().flatMap((request) => request.map(({ length }) => length)))).toBe(3);
  await expect(write(writer, 'alpha', new Uint8Array(1024 * 1024 - 4))).rejects.toMatchObject({
    code: 'RECORD_TOO_LARGE_TO_WRITE',
  });
  await writer.close();
});

it('finishes what waits when it is closed', async () => {
  const writer = open({ lingerMs: 10_000 });
  const written = Promise.all([null, 'one', 'two'].map((key) => write(writer, key)));
  await writer.close();
  await written;
  expect(keys().flat(2)).toHaveLength(3);
});
