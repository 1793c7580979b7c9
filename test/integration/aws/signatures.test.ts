import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { s3ObjectStore } from '../../../src/aws/s3ObjectStore.ts';
import { sagemakerEndpoint } from '../../../src/aws/sagemakerEndpoint.ts';
import { isSignedBy } from '../../support/isSignedBy.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const options = { name: 'detector', inputBucket: 'tiles-in', outputBucket: 'tiles-out', region: 'eu-west-1' };

interface Checked {
  readonly way: 'past' | 'through';
  readonly line: string;
  readonly signed: boolean;
  readonly token: unknown;
}

/** The SDK's requests pass the same check: so the check is right, and what passes it is taken by AWS. */
describe('signatures', () => {
  let server: Server;
  let seen: Checked[];
  let endpoint: string;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const signed = isSignedBy(credentials.secretAccessKey, request, Buffer.concat(chunks));
      const way = request.headers['user-agent'] === 'swath' ? 'past' : 'through';
      seen.push({
        way,
        line: `${request.method} ${request.url}`,
        signed,
        token: request.headers['x-amz-security-token'],
      });
      response
        .writeHead(200, { 'x-amzn-sagemaker-outputlocation': 's3://tiles-out/async-inference/output/x' })
        .end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const ways = (): string[] => seen.map(({ way }) => way);
  const keys = ['a/b', 'a b+c%20d', "it's (1)!*", 'ä/☃?x=1&y#z', '~_-.', 'a//b', './../c', '@:,;=$"<>\\^`{|}'];

  it.each(keys)('of GET and PUT are right for the key %s', async (key) => {
    const store = s3ObjectStore({ region: 'eu-west-1', endpoint, credentials });
    for (let i = 0; i < 2; i++) {
      await store.get(`s3://tiles/${key}`);
      await store.put(`s3://tiles/${key}`, Buffer.from('tile'), {
        contentType: 'image/png',
        metadata: { Trace: ' a  b ' },
      });
    }
    expect(ways()).toEqual(['through', 'past', 'past', 'past']);
    expect(seen.every(({ signed }) => signed)).toBe(true);
    expect(new Set(seen.map(({ line }) => line.split(/[ ?]/)[1])).size).toBe(1);
    store.close();
  });

  it('of invocations are right, with a session token, too', async () => {
    const session = { ...credentials, sessionToken: 'a+session/token==' };
    const invoker = sagemakerEndpoint(options, { endpoint, credentials: session });
    const request = {
      name: 'a/b',
      contentType: 'image/png',
      remainingMs: 60_000,
      attributes: { tile: 'ü  x', trace: 'a=b' },
    };
    await invoker.invoke({ ...request, input: { bytes: Buffer.from('tile') } });
    await invoker.invoke({ ...request, input: { bytes: Buffer.from('tile') } });
    await invoker.invoke({ ...request, input: { uri: 's3://tiles-in/a b' } });
    expect(ways()).toEqual(['through', 'past', 'past']);
    expect(seen.map(({ signed, token }) => [signed, token])).toEqual(seen.map(() => [true, session.sessionToken]));
    expect(new Set(seen.map(({ line }) => line)).size).toBe(1);
  });

  it('are right below a path', async () => {
    const store = s3ObjectStore({ region: 'eu-west-1', endpoint: `${endpoint}/some/base`, credentials });
    await store.get('s3://tiles/1');
    await store.get('s3://tiles/1');
    expect(seen.map(({ line }) => line)).toEqual(['GET /some/base/tiles/1?x-id=GetObject', 'GET /some/base/tiles/1']);
    expect(seen.every(({ signed }) => signed)).toBe(true);
    store.close();
  });
});
