import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallCounter } from '../../../src/aws/callCounter.ts';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import type { RecordWriter } from '../../../src/ports/recordWriter.ts';
import { throughputExceeded } from '../../support/faultProxy.ts';
import { localAws } from '../../support/kinesisBench.ts';

interface Sent {
  readonly Records: readonly { readonly PartitionKey: string; readonly Data: string }[];
}
type Answer = (sent: Sent) => { readonly status: number; readonly body: unknown };

const ok = { SequenceNumber: '4965', ShardId: 'shardId-000000000000' };
const refused = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' };
const takeAll: Answer = ({ Records }) => ({
  status: 200,
  body: { FailedRecordCount: 0, Records: Records.map(() => ok) },
});
const error =
  (status: number, type: string): Answer =>
  () => ({ status, body: { __type: type, message: 'said so' } });

describe('kinesisWriter, where Kinesis', () => {
  let server: Server;
  let answers: Answer[];
  let sent: Sent[];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Sent;
      sent.push(body);
      const answer = (answers.shift() ?? takeAll)(body);
      response
        .writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    answers = [];
    sent = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = (options: object = {}, parts: object = {}): RecordWriter => {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const settings = { stream: 'detections', region: 'us-east-1', ...options };
    return kinesisWriter(settings, { ...localAws, endpoint, delayMs: () => 1, ...parts });
  };
  const write = (writer: RecordWriter, key: string | null, value: string | Uint8Array = key ?? '') =>
    writer.write({ key: key === null ? null : Buffer.from(key), value: Buffer.from(value), headers: [] });
  const keys = (): string[][] => sent.map(({ Records }) => Records.map(({ PartitionKey }) => PartitionKey));

  it('takes some, sends the others again, and only those', async () => {
    answers = [
      ({ Records }) => ({
        status: 200,
        body: { FailedRecordCount: 2, Records: Records.map((_, i) => (i % 2 === 1 ? refused : ok)) },
      }),
      ({ Records }) => ({
        status: 200,
        body: { FailedRecordCount: 1, Records: Records.map((_, i) => (i === 0 ? refused : ok)) },
      }),
    ];
    const writer = open();
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => write(writer, key)));
    expect(keys()).toEqual([['a', 'b', 'c', 'd'], ['b', 'd'], ['b']]);
    await writer.close();
  });

  it('takes a record for good, resolves it before its neighbours', async () => {
    const order: string[] = [];
    answers = [() => ({ status: 200, body: { FailedRecordCount: 1, Records: [refused, ok] } })];
    const writer = open();
    await Promise.all(['a', 'b'].map((key) => write(writer, key).then(() => order.push(key))));
    expect(order).toEqual(['b', 'a']);
    await writer.close();
  });

  it('never takes a record, gives up after its attempts, and can be tried again', async () => {
    answers = Array.from({ length: 3 }, () => () => ({
      status: 200,
      body: { FailedRecordCount: 1, Records: [refused] },
    }));
    const writer = open({ maxAttempts: 3 });
    const failure = write(writer, 'a');
    await expect(failure).rejects.toMatchObject({ code: 'WRITE_FAILED', retryable: true, stream: 'detections' });
    await expect(failure).rejects.toThrow('in 3 attempts: ProvisionedThroughputExceededException');
    await write(writer, 'a');
    await writer.close();
  });

  it('throttles whole requests, sends them again', async () => {
    const throttled: Answer = () => ({ status: 400, body: JSON.parse(String(throughputExceeded.body)) });
    answers = [throttled, throttled, throttled];
    const calls = new CallCounter();
    const writer = open({}, { calls });
    await write(writer, 'a');
    expect(calls.toJSON()).toEqual({ 'kinesis.PutRecords': 4 });
    await writer.close();
  });

  it.each(['ResourceNotFoundException', 'AccessDeniedException'])(
    'answers %s after it has worked, lets the write be tried again',
    async (type) => {
      answers = [takeAll, error(400, type)];
      const writer = open();
      await write(writer, 'first');
      const failure = write(writer, 'a');
      await expect(failure).rejects.toMatchObject({ code: 'WRITE_FAILED', retryable: true });
      await expect(failure).rejects.toThrow('detections');
      await write(writer, 'a');
      await writer.close();
    },
  );

  it.each([
    ['ResourceNotFoundException', 'STREAM_MISSING'],
    ['AccessDeniedException', 'AUTHORIZATION'],
  ])('answers %s from the first, refuses everything: a mistake, not an outage', async (type, code) => {
    answers = [error(400, type)];
    const writer = open();
    const failure = write(writer, 'a').catch((raised: unknown) => raised);
    expect(await failure).toMatchObject({ name: 'SourceError', code, retryable: false, stream: 'detections' });
    await writer.close();
  });

  it('answers that a request is wrong, refuses its records', async () => {
    answers = [error(400, 'ValidationException')];
    const writer = open();
    await expect(write(writer, 'a')).rejects.toMatchObject({ code: 'SERVICE_REFUSED', retryable: false });
    await writer.close();
  });

  it('refuses a request for one of its records, fails that one alone', async () => {
    const choosy: Answer = (body) =>
      body.Records.some(({ PartitionKey }) => PartitionKey === 'bad')
        ? error(400, 'ValidationException')(body)
        : takeAll(body);
    answers = Array.from({ length: 20 }, () => choosy);
    const writer = open();
    const names = ['a', 'b', 'c', 'bad', 'd', 'e', 'f', 'g'];
    const outcomes = await Promise.allSettled(names.map((key) => write(writer, key)));
    expect(names.filter((_, i) => outcomes[i]?.status === 'rejected')).toEqual(['bad']);
    const taken = keys().filter((batch) => !batch.includes('bad'));
    expect(taken.flat()).toEqual(names.filter((name) => name !== 'bad')); // each once, and in their order
    await writer.close();
  });

  it('fails single records inside itself, sends those again', async () => {
    const internal = { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' };
    answers = [({ Records }) => ({ status: 200, body: { Records: Records.map((_, i) => (i === 1 ? internal : ok)) } })];
    const writer = open();
    await Promise.all(['a', 'b', 'c'].map((key) => write(writer, key)));
    expect(keys()).toEqual([['a', 'b', 'c'], ['b']]);
    await writer.close();
  });

  it('cannot use the key that encrypts the stream, refuses everything: a mistake, not a tile', async () => {
    answers = [error(400, 'KMSDisabledException')];
    const writer = open();
    const failures = await Promise.all(['a', 'b'].map((key) => write(writer, key).catch((raised: unknown) => raised)));
    for (const failure of failures)
      expect(failure).toMatchObject({ name: 'SourceError', code: 'AUTHORIZATION', retryable: false });
    expect(String(failures[0])).toContain('the key that encrypts it cannot be used (KMSDisabledException: said so)');
    expect(sent).toHaveLength(1);
    await writer.close();
  });

  it('allows 500 records and 5 MiB, fills requests no further', async () => {
    const writer = open({ lingerMs: 1000 });
    await Promise.all(Array.from({ length: 1001 }, (_, i) => write(writer, `tile ${i}`)).concat(writer.close()));
    expect(keys().map(({ length }) => length)).toEqual([500, 500, 1]);
    sent = [];
    const large = open();
    const megabyte = new Uint8Array(1_000_000);
    await Promise.all(Array.from({ length: 12 }, (_, i) => write(large, `tile ${i}`, megabyte)));
    expect(Math.max(...keys().map(({ length }) => length))).toBe(5);
    expect(keys().flat()).toHaveLength(12);
    await large.close();
    sent = [];
    const exact = open({ lingerMs: 1000 });
    const full = Array.from({ length: 5 }, (_, i) => write(exact, `${i}`, new Uint8Array(1024 * 1024 - 1)));
    await Promise.all([...full, write(exact, '5', ''), exact.close()]);
    expect(keys().sort((a, b) => b.length - a.length)).toEqual([['0', '1', '2', '3', '4'], ['5']]); // 5 MiB to the byte, and one byte more
  });

  it('wants partition keys, spreads records without one and cuts long ones', async () => {
    const writer = open();
    await Promise.all([
      write(writer, null, 'x'),
      write(writer, null, 'y'),
      write(writer, '', 'z'),
      write(writer, 'ä'.repeat(300)),
      write(writer, `x${'🛰'.repeat(200)}`),
    ]);
    const [first, second, third, fourth, fifth] = keys().flat();
    expect(new Set([first, second, third]).size).toBe(3);
    expect(fourth).toBe('ä'.repeat(256));
    expect(fifth).toBe(`x${'🛰'.repeat(127)}`); // however characters are counted, and none of them halved
    await writer.close();
  });

  it('takes 1 MiB with its key, refuses more before sending', async () => {
    const writer = open();
    await write(writer, 'ab', new Uint8Array(1024 * 1024 - 2));
    await expect(write(writer, 'ab', new Uint8Array(1024 * 1024 - 1))).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE_TO_WRITE',
      retryable: false,
    });
    expect(sent).toHaveLength(1);
    await writer.close();
  });

  it('is no longer written to, says so', async () => {
    const writer = open();
    await writer.close();
    await expect(write(writer, 'a')).rejects.toThrow('the writer of detections is closed');
  });
});

describe('kinesisWriter', () => {
  it('names the option that breaks a rule', () => {
    expect(() => kinesisWriter({ stream: randomUUID(), lingerMs: -1 })).toThrow('lingerMs');
    expect(() => kinesisWriter({ stream: 'a', leaseTable: 'b' })).toThrow('leaseTable');
  });
});
