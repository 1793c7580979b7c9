import { type Context, DiagLogLevel, diag, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { from, lastValueFrom, mergeMap, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PollDeadlineError } from '../../../src/errors/pollDeadlineError.ts';
import { carrierFrom } from '../../../src/telemetry/carrierFrom.ts';
import { contextFrom } from '../../../src/telemetry/contextFrom.ts';
import { endStageSpan } from '../../../src/telemetry/endStageSpan.ts';
import { endTileSpan } from '../../../src/telemetry/endTileSpan.ts';
import { pollEvent } from '../../../src/telemetry/pollEvent.ts';
import { startSendSpan } from '../../../src/telemetry/startSendSpan.ts';
import { startStageSpan } from '../../../src/telemetry/startStageSpan.ts';
import { nameTile, startTileSpan, type TileFacts } from '../../../src/telemetry/startTileSpan.ts';
import { recordSpans } from './recordSpans.ts';

const facts: TileFacts = {
  system: 'kafka',
  stream: 'tiles',
  group: 'swath',
  origin: { stream: 'tiles', partition: '3', position: '42' },
  bytes: 1234,
  key: Buffer.from('key-ü'),
};
const only = (spans: readonly ReadableSpan[]): ReadableSpan => {
  expect(spans).toHaveLength(1);
  return spans[0] as ReadableSpan;
};

describe("a tile's span", () => {
  it('says where the tile came from, in the words of the messaging conventions', () => {
    using recorder = recordSpans();
    const context = startTileSpan(facts, ROOT_CONTEXT);
    nameTile(context, 'tile-1');
    endTileSpan(context, 'acked');
    const span = only(recorder.spans());
    expect(span).toMatchObject({
      name: 'process tiles',
      kind: SpanKind.CONSUMER,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.attributes).toEqual({
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'tiles',
      'messaging.destination.partition.id': '3',
      'messaging.message.body.size': 1234,
      'messaging.consumer.group.name': 'swath',
      'messaging.kafka.offset': 42,
      'messaging.kafka.message.key': 'key-ü',
      'swath.position': '42',
      'tile.id': 'tile-1',
      'swath.outcome': 'acked',
    });
  });

  it('names the stream of Kinesis, and no offset', () => {
    using recorder = recordSpans();
    endTileSpan(startTileSpan({ ...facts, system: 'aws_kinesis', group: undefined, key: null }, ROOT_CONTEXT), 'acked');
    const { attributes } = only(recorder.spans());
    expect(attributes).toMatchObject({ 'aws.kinesis.stream_name': 'tiles', 'swath.position': '42' });
    expect(Object.keys(attributes).filter((name) => /kafka|group/.test(name))).toEqual([]);
  });

  it('ends once: a tile that halted its source is abandoned afterwards', () => {
    using recorder = recordSpans();
    const errors: string[] = [];
    const note = (message: string): void => void errors.push(message);
    const silent = (): void => undefined;
    diag.setLogger({ warn: note, error: note, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
    const context = startTileSpan(facts, ROOT_CONTEXT);
    endTileSpan(context, 'halted', new PollDeadlineError(5));
    endTileSpan(context, 'abandoned');
    diag.disable();
    expect(only(recorder.spans()).attributes['swath.outcome']).toBe('halted');
    expect(errors).toEqual([]);
  });

  it('tells why the tile failed, without secrets and without a stack', () => {
    using recorder = recordSpans();
    endTileSpan(startTileSpan(facts, ROOT_CONTEXT), 'dead_lettered', new PollDeadlineError(5));
    endTileSpan(
      startTileSpan(facts, ROOT_CONTEXT),
      'halted',
      new Error('GET https://me:hunter2@host/?X-Amz-Signature=abc'),
    );
    const [first, second] = recorder.spans();
    expect(first?.attributes).toMatchObject({ 'error.type': 'POLL_DEADLINE', 'swath.outcome': 'dead_lettered' });
    expect(first?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no answer within 5 ms' });
    expect(first?.events).toMatchObject([
      {
        name: 'exception',
        attributes: { 'exception.type': 'POLL_DEADLINE', 'exception.message': 'no answer within 5 ms' },
      },
    ]);
    expect(second?.attributes['error.type']).toBe('Error');
    const text = JSON.stringify([second?.events, second?.status]);
    expect(text).toContain('https://(hidden)@host/?X-Amz-Signature=(hidden)');
    expect(text).not.toMatch(/hunter2|abc|stacktrace/);
  });
});

describe('spans below it', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

  it('continue the trace of the record, and the record written continues the sending', () => {
    using recorder = recordSpans();
    const tile = startTileSpan(facts, contextFrom({ traceparent, tracestate: 'a=b' }));
    const send = startSendSpan({ system: 'kafka', stream: 'detections' }, tile);
    const carrier = carrierFrom(send);
    endStageSpan(send);
    endTileSpan(tile, 'acked');
    const root = only(recorder.named('process tiles'));
    const sent = only(recorder.named('send detections'));
    expect(root.parentSpanContext).toMatchObject({ traceId, spanId: 'b7ad6b7169203331', isRemote: true });
    expect(sent).toMatchObject({ kind: SpanKind.PRODUCER, parentSpanContext: { spanId: root.spanContext().spanId } });
    expect(carrier).toEqual({ traceparent: `00-${traceId}-${sent.spanContext().spanId}-01`, tracestate: 'a=b' });
  });

  it('have the right parents when many tiles are worked on at once', async () => {
    using recorder = recordSpans();
    const stage = (name: string, parent: Context, ms: number) => {
      const context = startStageSpan(name, parent, () => ({ 'test.stage': name }));
      pollEvent(context, 1);
      return timer(ms).pipe(mergeMap(() => [endStageSpan(context)]));
    };
    const work = from(Array.from({ length: 60 }, (_, i) => i)).pipe(
      mergeMap((i) => {
        const tile = startTileSpan({ ...facts, origin: { ...facts.origin, position: String(i) } }, ROOT_CONTEXT);
        nameTile(tile, `tile-${i}`);
        return stage('upload', tile, (i * 7) % 5).pipe(
          mergeMap(() => stage('await', tile, (i * 3) % 4)),
          mergeMap(() => [endTileSpan(tile, 'acked')]),
        );
      }, 20),
      toArray(),
    );
    await lastValueFrom(work);
    const roots = recorder.named('process tiles');
    expect(roots).toHaveLength(60);
    for (const root of roots) {
      const { traceId: own, spanId } = root.spanContext();
      const children = recorder.spans().filter((span) => span.spanContext().traceId === own && span !== root);
      expect(children.map(({ name }) => name)).toEqual(['upload', 'await']);
      expect(children.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([spanId, spanId]);
    }
  });

  it('keep polls as events, and fail with an error or a word', () => {
    using recorder = recordSpans();
    const context = startStageSpan('await', ROOT_CONTEXT);
    pollEvent(context, 1);
    pollEvent(context, 2, () => ({ 'swath.found': true }));
    endStageSpan(context, 'abandoned');
    const span = only(recorder.spans());
    expect(span.attributes).toEqual({ 'error.type': 'abandoned' });
    expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['poll', { 'swath.attempt': 1 }],
      ['poll', { 'swath.attempt': 2, 'swath.found': true }],
      ['exception', { 'exception.type': 'abandoned', 'exception.message': 'abandoned' }],
    ]);
  });

  it('ask for nothing while nobody records', () => {
    const asked = (): never => {
      throw new Error('asked for attributes');
    };
    const context = startStageSpan('await', ROOT_CONTEXT, asked);
    pollEvent(context, 1, asked);
    endStageSpan(context, 'abandoned');
    expect(carrierFrom(context)).toBeUndefined();
  });
});
