import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { CallCounter } from '../../../src/aws/callCounter.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import { kinesisNames, openKinesisStream } from '../../../src/cli/demo/openKinesisStream.ts';
import { runPublished } from '../../../src/cli/demo/runPublished.ts';
import { startDemoServices } from '../../../src/cli/demo/startDemoServices.ts';
import { useLocalAws } from '../../../src/cli/demo/useLocalAws.ts';
import { cutTiles } from '../../../src/cli/publish/cutTiles.ts';
import { descriptorRecord } from '../../../src/cli/publish/descriptorRecord.ts';
import { type ReadSpan, readSpans } from '../../../src/cli/report/readSpans.ts';
import { startTelemetry } from '../../../src/cli/startTelemetry.ts';

/** A tile as whoever sent it knows it. */
interface SentTile {
  readonly traceId: string;
  readonly spanId: string;
}

const sent = new Map<string, SentTile>();
const received = new Map<string, { readonly traceparent: string; readonly tracestate: string }>(); // of the results, by tile
let spans: ReadSpan[];

/** A picture with many small lights, each tile different. */
const picture = async (): Promise<Buffer> => {
  const lights = Array.from({ length: 60 }, (_, i) => ({
    input: { create: { width: 3 + (i % 4), height: 3, channels: 3 as const, background: '#ffe0b0' } },
    left: (i * 97) % 1000,
    top: (i * 61) % 500,
  }));
  const night = sharp({ create: { width: 1024, height: 512, channels: 3, background: '#020408' } });
  return night.composite(lights).png().toBuffer();
};

beforeAll(async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'swath-trace-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const traceFile = join(folder, 'traces.jsonl');
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const demo = stack.use(
    await startDemoServices('kinesis', { forwardTo: undefined, warn }, new AbortController().signal),
  );
  stack.use(useLocalAws(demo.services.endpoints));
  const telemetry = startTelemetry({ env: {}, traceFile, warn });
  stack.defer(() => telemetry.shutdown());
  const stream = openKinesisStream([]);
  const tiles = await cutTiles(await picture(), { name: 'lights.png', tileSize: 128, overlap: 48 });
  const publish = async (): Promise<void> => {
    const writer = stream.openWriter();
    const writes: Promise<void>[] = [];
    for await (const { id, descriptor } of tiles) {
      const tile = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
      sent.set(id, tile);
      const traceparent = `00-${tile.traceId}-${tile.spanId}-01`;
      writes.push(writer.write(descriptorRecord(descriptor, { traceparent, tracestate: `sender=${tile.spanId}` })));
    }
    await Promise.all(writes);
    await writer.close();
  };
  const stop = new AbortController().signal;
  await runPublished({ config: stream.config, count: tiles.count, publish, stop, show: () => {} });
  for (const { value } of await readWholeStream(kinesisNames.detections, { calls: new CallCounter() })) {
    const event = JSON.parse(Buffer.from(value).toString('utf8'));
    received.set(event.id, event);
  }
  await telemetry.shutdown();
  const lines = [...(await readFile(traceFile, 'utf8')).trimEnd().split('\n'), ...(await demo.endModel())];
  spans = lines.flatMap(readSpans);
  expect(warnings).toEqual([]);
});

const named = (trace: readonly ReadSpan[], name: string): ReadSpan => {
  const [span, another] = trace.filter((each) => each.name === name);
  if (span === undefined || another !== undefined) throw new Error(`one span ${name} in ${trace.map((s) => s.name)}`);
  return span;
};

describe('the traces of many tiles at once', () => {
  it('are one for each tile, begun by whoever sent the record', () => {
    expect(sent.size).toBeGreaterThan(70);
    const traces = Map.groupBy(spans, ({ traceId }) => traceId);
    expect([...traces.keys()].sort()).toEqual([...sent.values()].map(({ traceId }) => traceId).sort());
  });

  it('hang together as the tile went, the span of the container included', () => {
    for (const [tileId, { traceId, spanId }] of sent) {
      const trace = spans.filter((span) => span.traceId === traceId);
      const processing = named(trace, 'process tiles');
      expect(processing).toMatchObject({
        parentId: spanId,
        attributes: { 'tile.id': tileId, 'swath.outcome': 'acked' },
      });
      for (const stage of ['invoke', 'await', 'locate', 'send detections'])
        expect(named(trace, stage).parentId).toBe(processing.spanId);
      const infer = named(trace, 'infer');
      expect(infer).toMatchObject({ parentId: named(trace, 'invoke').spanId, service: 'swath-model' });
      const looks = named(trace, 'await').events.filter(({ name }) => name === 'poll');
      expect(looks.map(({ attributes }) => attributes['swath.attempt'])).toEqual(looks.map((_, i) => i + 1));
      expect(looks.length).toBeGreaterThan(0);
      expect(trace.filter(({ failed }) => failed)).toEqual([]);
    }
  });

  it('go on in the record that carries the result', () => {
    expect([...received.keys()].sort()).toEqual([...sent.keys()].sort());
    for (const [tileId, { traceId, spanId }] of sent) {
      const trace = spans.filter((span) => span.traceId === traceId);
      const traceparent = `00-${traceId}-${named(trace, 'send detections').spanId}-01`;
      expect(received.get(tileId)).toMatchObject({ traceparent, tracestate: `sender=${spanId}` });
    }
  });

  it('were open at the same time: this is no queue of one', () => {
    const tiles = spans.filter(({ name }) => name === 'process tiles');
    const together = Math.max(
      ...tiles.map(({ startMs }) => tiles.filter((other) => other.startMs <= startMs && startMs < other.endMs).length),
    );
    expect(together).toBeGreaterThan(8);
  });
});
