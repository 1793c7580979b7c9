import { connect } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../../../model/startModelServer.ts';
import { crop, drawing, night, square, toPng } from '../../unit/model/drawings.ts';
import { pngHeader } from '../../unit/model/pngHeader.ts';
import { call } from './call.ts';

const image = (width: number, height = 5): Promise<Buffer> => toPng(night(width, height, []));

describe('the model over HTTP', () => {
  let server: ModelServer;
  const invoke = (body: Uint8Array | string, type = 'image/png', headers = {}) =>
    call(`${server.url}/invocations`, { body, type, headers });
  beforeAll(async () => {
    server = await startModelServer({ port: 0, config: {}, limits: { maxBodyBytes: 30_000_000 } });
  });
  afterAll(() => server.close());

  it('is healthy', async () => {
    const { status, json, headers } = await call(`${server.url}/ping`);
    expect([status, json]).toEqual([200, { status: 'healthy' }]);
    expect(headers['content-length']).toBe('20');
  });

  it('answers an image with its rooms, and says how long the answer is', async () => {
    const { status, json, headers, body } = await invoke(await toPng(await drawing(square)));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'success',
      room_count: 1,
      rooms: [{ area: 91204, bounding_box: { x: 99, y: 99, width: 303, height: 303 }, confidence: 0.9954 }],
      image_shape: [500, 500, 3],
      metadata: {},
    });
    expect(headers['content-type']).toBe('application/json');
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });

  it.each([
    ['another content type', 'x', 'image/gif', 'Unsupported content type: image/gif'],
    ['what is not an image', 'hello', 'image/png', 'Failed to decode image'],
    ['an empty body', '', 'image/jpeg', 'Failed to decode image'],
    [
      'a header of 50,000 by 50,000 pixels',
      pngHeader(50_000, 50_000),
      'image/png',
      'Image is 50000×50000 pixels, the limit is 30000 pixels a side',
    ],
    ['20 MB of zeros', Buffer.alloc(20_000_000), 'image/png', 'Failed to decode image'],
  ])('refuses %s with 400 and nothing but the reason', async (_, body, type, error) => {
    const { status, json, headers } = await invoke(body, type);
    expect([status, json]).toEqual([400, { error }]);
    expect(headers['content-length']).toBeDefined();
  });

  it('refuses a truncated JPEG instead of answering half of it', async () => {
    const whole = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#abc' } })
      .jpeg()
      .toBuffer();
    expect((await invoke(whole, 'image/jpeg')).status).toBe(200);
    const { status, json } = await invoke(whole.subarray(0, whole.length / 2), 'image/jpeg');
    expect([status, json]).toEqual([400, { error: 'Failed to decode image' }]);
  });

  it.each([
    ['with its length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('refuses a body over the limit, sent %s, with 413', async (_, headers) => {
    const { status, json } = await invoke(Buffer.alloc(30_000_001), 'image/png', headers);
    expect([status, json]).toEqual([413, { error: 'Payload is 30000001 bytes, the limit is 30000000 bytes' }]);
    expect((await call(`${server.url}/ping`)).status).toBe(200);
  });

  it('says which paths and methods there are', async () => {
    expect(await call(`${server.url}/`)).toMatchObject({ status: 404, json: { error: 'No such path: /' } });
    const wrong = await call(`${server.url}/invocations`);
    expect(wrong).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(wrong.headers['content-length']).toBeDefined();
  });

  it('answers what is not HTTP, and stays', async () => {
    const { port } = new URL(server.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      let text = '';
      socket.on('data', (data) => {
        text += data.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*\r\nContent-Length: 0\r\n/);
    expect((await call(`${server.url}/ping`)).status).toBe(200);
  });

  it('answers pings while it infers', async () => {
    const night = await sharp({
      create: {
        width: 4000,
        height: 3000,
        channels: 3,
        background: '#000',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer();
    const order: string[] = [];
    const inference = invoke(night, 'image/jpeg').then(({ status }) => order.push(`inferred ${status}`));
    for (let i = 0; i < 5; i += 1) {
      const { status } = await call(`${server.url}/ping`);
      order.push(`ping ${status}`);
    }
    await inference;
    expect(order).toEqual([...Array.from({ length: 5 }, () => 'ping 200'), 'inferred 200']);
  });

  it('answers many at once, each its own', async () => {
    const drawn = await drawing(square);
    const sizes = Array.from({ length: 24 }, (_, i) => 420 + i);
    const answers = await Promise.all(sizes.map(async (size) => invoke(await toPng(crop(drawn, 0, 0, size, 500)))));
    expect(answers.map(({ json }) => json)).toEqual(
      sizes.map((size) => expect.objectContaining({ room_count: 1, image_shape: [500, size, 3] })),
    );
  });
});

describe('a worker that dies', () => {
  const crashing = new URL('./crashingWorker.ts', import.meta.url);

  it.each([
    ['ends', 13, /the worker ended with code 1/],
    ['throws', 14, /fourteen is too much/],
    ['takes for ever', 15, /took longer than 300 ms/],
  ])('%s: its request fails with 500 and a traceback, the next one is answered', async (_, width, message) => {
    const logged: unknown[] = [];
    const limits = { inferTimeoutMs: 300 };
    const server = await startModelServer({
      port: 0,
      config: {},
      workers: 1,
      workerScript: crashing,
      limits,
      log: (event) => logged.push(event),
    });
    try {
      const call500 = await call(`${server.url}/invocations`, { type: 'image/png', body: await image(width) });
      expect(call500.status).toBe(500);
      expect(call500.json).toEqual({
        error: expect.stringMatching(message),
        traceback: expect.stringMatching(/\n {4}at /),
      });
      expect(call500.headers['content-length']).toBeDefined();
      expect(logged).toEqual([expect.objectContaining({ event: 'failed', status: 500 })]);
      expect(await call(`${server.url}/ping`)).toMatchObject({ status: 200 });
      expect(await call(`${server.url}/invocations`, { type: 'image/png', body: await image(20) })).toMatchObject({
        status: 200,
        json: { image_shape: [5, 20, 3] },
      });
    } finally {
      await server.close();
    }
  });
});

describe('a server that closes', () => {
  it('finishes what runs, and takes no more connections', async () => {
    const server = await startModelServer({ port: 0, config: { detector: 'lights' }, workers: 1 });
    const body = await image(300, 300);
    const running = Promise.all(
      Array.from({ length: 5 }, () => call(`${server.url}/invocations`, { type: 'image/png', body })),
    );
    await call(`${server.url}/ping`); // they are connected by now
    await server.close();
    expect((await running).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await expect(call(`${server.url}/ping`)).rejects.toThrow('ECONNREFUSED');
  });

  it('gives up on what takes longer than drainMs', async () => {
    const workerScript = new URL('./crashingWorker.ts', import.meta.url);
    const server = await startModelServer({ port: 0, config: {}, workers: 1, workerScript, drainMs: 200 });
    const bodies = [await image(15), await image(20)];
    const answers: ReturnType<typeof call>[] = [];
    for (const body of bodies) {
      answers.push(call(`${server.url}/invocations`, { type: 'image/png', body }));
      await call(`${server.url}/ping`); // the first has the worker when the second comes
    }
    const [stuck, waiting] = answers;
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.close();
    expect((await stuck)?.status).toBe(500);
    expect((await waiting)?.status).toBe(503);
  });

  it('says which rule its configuration breaks, and does not start', async () => {
    const config = { detector: 'lights', threshold: 0 } as const;
    await expect(startModelServer({ port: 0, config })).rejects.toThrow(/^config: threshold: .*got 0$/);
  });

  it('says so when the port is taken', async () => {
    const first = await startModelServer({ port: 0, config: {} });
    try {
      await expect(startModelServer({ port: Number(new URL(first.url).port), config: {} })).rejects.toThrow(
        'EADDRINUSE',
      );
    } finally {
      await first.close();
    }
  });
});
