import { setTimeout as sleep } from 'node:timers/promises';
import { diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { from, lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { ServiceError } from '../../../src/errors/serviceError.ts';
import { SourceError } from '../../../src/errors/sourceError.ts';
import { StageError } from '../../../src/errors/stageError.ts';
import { WriteError } from '../../../src/errors/writeError.ts';
import { toDeadLetter } from '../../../src/sinks/toDeadLetter.ts';
import { toWriter } from '../../../src/sinks/toWriter.ts';
import type { FailedTile } from '../../../src/sources/nackPolicy.ts';
import { envelopeOf, memoryWriter } from '../../../src/testing.ts';

const toRecord = ({ tile }: { tile: { id: string } }) => ({ key: null, value: Buffer.from(tile.id), headers: [] });
const unreachable = new WriteError('WRITE_FAILED', 'out', 'no broker answers');
const refused = new WriteError('RECORD_TOO_LARGE_TO_WRITE', 'out', 'too large');

describe('toWriter', () => {
  it('acknowledges after the writer confirmed, not before, and emits then', async () => {
    const envelope = envelopeOf({ id: 'a' });
    let confirm: () => void = () => undefined;
    const writer = { ...memoryWriter(), write: () => new Promise<void>((resolve) => (confirm = resolve)) };
    const out = lastValueFrom(of(envelope).pipe(toWriter(writer, { toRecord })));
    await Promise.resolve();
    expect(envelope.delivery.settlements).toEqual([]);
    confirm();
    expect(await out).toBe(envelope);
    expect(envelope.delivery.settlements).toEqual([['ack']]);
  });

  it('nacks a record that the output refuses, and goes on with the others', async () => {
    const writer = memoryWriter({ stream: 'out' });
    writer.refusals.push(({ value }) => (String(value) === 'big' ? refused : undefined));
    const envelopes = ['a', 'big', 'c'].map((id) => envelopeOf({ id }));
    const out = await lastValueFrom(from(envelopes).pipe(toWriter(writer, { toRecord }), toArray()));
    expect(writer.records.map(({ value }) => String(value))).toEqual(['a', 'c']);
    expect(envelopes[1]?.delivery.settlements).toEqual([['nack', 'send out', refused]]);
    expect(out.map(({ tile }) => tile.id).sort()).toEqual(['a', 'c']);
  });

  it('tries nothing again once nobody is subscribed', async () => {
    const writer = memoryWriter({ stream: 'out' });
    const attempted = Promise.withResolvers<void>();
    let attempts = 0;
    writer.refusals.push(() => {
      attempts += 1;
      attempted.resolve();
      return unreachable;
    });
    const envelope = envelopeOf({ id: 'a' });
    const subscription = of(envelope).pipe(toWriter(writer, { toRecord })).subscribe();
    await attempted.promise;
    subscription.unsubscribe();
    await sleep(250); // the first wait is shorter than 200 ms
    expect(attempts).toBe(1);
    expect(envelope.delivery.settlements).toEqual([]);
    expect(writer.closed).toBe(true);
  });

  it('holds a tile until an output that cannot be reached is back', async () => {
    const writer = memoryWriter({ stream: 'out' });
    let attempts = 0;
    writer.refusals.push(() => (++attempts < 3 ? unreachable : undefined));
    const envelope = envelopeOf({ id: 'a' });
    await lastValueFrom(of(envelope).pipe(toWriter(writer, { toRecord })));
    expect(attempts).toBe(3);
    expect(envelope.delivery.settlements).toEqual([['ack']]);
  });

  it('says once for all that wait that an output cannot be reached, and again when that happens again', async () => {
    const warnings: string[] = [];
    const ignore = (): void => undefined;
    const warn = (message: string): void => void warnings.push(message);
    diag.setLogger({ error: ignore, warn, info: ignore, debug: ignore, verbose: ignore });
    const writer = memoryWriter({ stream: 'out' });
    const policy = toDeadLetter(writer, () => ({ key: null, value: null, headers: [] }));
    const { delivery } = envelopeOf({ id: 'a' });
    const failed = { delivery, signal: new AbortController().signal } as unknown as FailedTile<object>;
    try {
      for (let outage = 0; outage < 2; outage++) {
        let left = 50;
        writer.refusals.splice(0, 1, () => (left-- > 0 ? unreachable : undefined));
        await Promise.all(Array.from({ length: 50 }, () => policy(failed)));
      }
    } finally {
      diag.disable();
    }
    const warning = 'writing to out waits (attempt 1): no broker answers';
    expect(warnings).toEqual([warning, warning]);
  });

  it('ends when the output refuses everything: the tiles are not to blame', async () => {
    const writer = memoryWriter({ stream: 'out' });
    writer.refusals.push(() => new SourceError('TOPIC_MISSING', 'out', 'topic out does not exist'));
    const envelope = envelopeOf({ id: 'a' });
    await expect(lastValueFrom(of(envelope).pipe(toWriter(writer, { toRecord })))).rejects.toThrow('topic out');
    expect(envelope.delivery.settlements).toEqual([]);
  });

  it('nacks a tile of which no record can be made', async () => {
    const envelope = envelopeOf({ id: 'a' });
    const broken = (): never => {
      throw new TypeError('no value');
    };
    await lastValueFrom(of(envelope).pipe(toWriter(memoryWriter(), { toRecord: broken }), toArray()));
    expect(envelope.delivery.settlements).toMatchObject([['nack', 'send memory', { message: 'no value' }]]);
  });

  it('does not write a tile that was abandoned on its way, and does not emit it', async () => {
    const writer = memoryWriter();
    const envelope = envelopeOf({ id: 'a' });
    envelope.delivery.abandon();
    expect(await lastValueFrom(of(envelope).pipe(toWriter(writer, { toRecord }), toArray()))).toEqual([]);
    expect(writer.records).toEqual([]);
  });

  it('closes the writer before it completes, and when it is cut off', async () => {
    const ended = memoryWriter();
    await lastValueFrom(of(envelopeOf({ id: 'a' })).pipe(toWriter(ended, { toRecord })));
    expect(ended.closed).toBe(true);
    const cut = memoryWriter();
    from(new Promise<never>(() => undefined))
      .pipe(toWriter(cut, { toRecord }))
      .subscribe()
      .unsubscribe();
    expect(cut.closed).toBe(true);
  });
});

describe('toDeadLetter', () => {
  const failed = (signal = new AbortController().signal): FailedTile<{ id: string }> => ({
    record: { id: 'a' },
    origin: { stream: 'tiles', partition: '0', position: '7' },
    attempt: 2,
    reason: new StageError('broken'),
    stage: 'label',
    delivery: envelopeOf({}).delivery,
    context: ROOT_CONTEXT,
    signal,
  });

  it('is settled once the dead letter is written, with the facts and the time', async () => {
    const writer = memoryWriter();
    const policy = toDeadLetter<{ id: string }>(
      writer,
      ({ record, stage, attempt }, nowMs) => ({
        key: null,
        value: Buffer.from(`${record.id} ${stage} ${attempt} ${nowMs}`),
        headers: [],
      }),
      () => 1_000,
    );
    expect(await policy(failed())).toBe('settled');
    expect(writer.records.map(({ value }) => String(value))).toEqual(['a label 2 1000']);
    await policy.close?.();
    expect(writer.closed).toBe(true);
  });

  it('waits for a dead letter that cannot be reached, until the tile is abandoned', async () => {
    const writer = memoryWriter();
    writer.refusals.push(() => unreachable);
    const abandoned = new AbortController();
    const policy = toDeadLetter<{ id: string }>(writer, ({ record }) => ({
      key: null,
      value: Buffer.from(record.id),
      headers: [],
    }));
    const verdict = policy(failed(abandoned.signal));
    setTimeout(() => abandoned.abort(), 20);
    await expect(verdict).rejects.toMatchObject({ name: 'AbortError' });
    expect(writer.records).toEqual([]);
  });

  it('fails when the dead letter refuses the record: nothing is lost in silence', async () => {
    const writer = memoryWriter();
    writer.refusals.push(() => refused);
    const policy = toDeadLetter<{ id: string }>(writer, ({ record }) => ({
      key: null,
      value: Buffer.from(record.id),
      headers: [],
    }));
    const message = expect.stringMatching(
      /^[^ ]+ failed and has no place among the dead letters: too large; .*start again$/,
    );
    await expect(policy(failed())).rejects.toMatchObject({ code: refused.code, cause: refused, message });
  });

  it('writes less of what was added to a record where the dead letter refuses it for its size', async () => {
    const writer = memoryWriter();
    writer.refusals.push((record) => (String(record.value) === 'brief' ? undefined : refused));
    const policy = toDeadLetter(writer, (_, __, brief) => ({
      key: null,
      value: Buffer.from(brief ? 'brief' : 'full'),
      headers: [],
    }));
    expect(await policy(failed())).toBe('settled');
    expect(writer.records.map(({ value }) => String(value))).toEqual(['brief']);
  });

  it.each([
    ['an endpoint that does not exist', 'NOT_FOUND', 'sagemaker.InvokeEndpointAsync', 'invoke'],
    ['a bucket that does not exist', 'NOT_FOUND', 's3.PutObject', 'upload'],
    ['a permission that is missing', 'ACCESS_DENIED', 'sagemaker.InvokeEndpointAsync', 'invoke'],
    ['outputs that may not be read', 'ACCESS_DENIED', 's3.GetObject', 'await'],
  ] as const)('fails for %s: the next tile would be refused, too', async (_, code, operation, stage) => {
    const writer = memoryWriter();
    const policy = toDeadLetter(writer, () => ({ key: null, value: null, headers: [] }));
    const reason = new ServiceError(code, 'set up wrongly', { operation, serviceCode: code });
    await expect(policy({ ...failed(), reason, stage })).rejects.toBe(reason);
    expect(writer.records).toEqual([]);
  });

  it('fails for what is configured wrongly, like a region that is missing', async () => {
    const policy = toDeadLetter(memoryWriter(), () => ({ key: null, value: null, headers: [] }));
    const reason = new ConfigurationError([{ field: 'AWS region', rule: 'is missing' }]);
    await expect(policy({ ...failed(), reason, stage: 'upload' })).rejects.toBe(reason);
  });

  it.each([
    ['a call that is refused', 'SERVICE_REFUSED', 'sagemaker.InvokeEndpointAsync', 'invoke'],
    ['an object that the record may not point at', 'ACCESS_DENIED', 's3.GetObject', 'upload'],
    ['an object that is gone', 'NOT_FOUND', 's3.GetObject', 'await'],
    ['a throttle that stayed', 'SERVICE_THROTTLED', 's3.PutObject', 'upload'],
  ] as const)('takes %s for the tile’s own failure', async (_, code, operation, stage) => {
    const policy = toDeadLetter(memoryWriter(), () => ({ key: null, value: null, headers: [] }));
    const reason = new ServiceError(code, 'no', { operation, serviceCode: code });
    expect(await policy({ ...failed(), reason, stage })).toBe('settled');
  });
});
