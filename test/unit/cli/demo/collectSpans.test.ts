import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collectSpans } from '../../../../src/cli/demo/collectSpans.ts';

const post = (url: string, body: string): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', authorization: 'Bearer mine' } });

describe('collectSpans', () => {
  it('keeps what it is sent, a line each, and sends it on with its headers', async () => {
    const got: { body: string; headers: IncomingHttpHeaders }[] = [];
    const receiver = createServer(async (request, response) => {
      got.push({ body: await text(request), headers: request.headers });
      response.end('{}');
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void receiver.close());
    const forwardTo = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/traces`;
    const warnings: string[] = [];
    const collector = await collectSpans({ forwardTo, warn: (message) => warnings.push(message) });
    const body = '{\n "resourceSpans": []\n}';
    expect((await post(collector.url, body)).status).toBe(200);
    await collector[Symbol.asyncDispose]();
    expect(collector.lines).toEqual(['{"resourceSpans":[]}']);
    expect(got).toMatchObject([
      { body, headers: { authorization: 'Bearer mine', 'content-type': 'application/json' } },
    ]);
    expect(warnings).toEqual([]);
  });

  it('warns once where sending on fails, and goes on collecting', async () => {
    const warnings: string[] = [];
    const forwardTo = 'http://127.0.0.1:1/v1/traces';
    const collector = await collectSpans({ forwardTo, warn: (message) => warnings.push(message) });
    await post(collector.url, '{}');
    await post(collector.url, '{}');
    await collector[Symbol.asyncDispose]();
    expect(collector.lines).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining("the model's spans were not exported")]);
  });

  it('refuses what is no JSON', async () => {
    const collector = await collectSpans({ warn: () => {} });
    onTestFinished(() => collector[Symbol.asyncDispose]());
    expect((await post(collector.url, 'x')).status).toBe(400);
    expect(collector.lines).toEqual([]);
  });
});
