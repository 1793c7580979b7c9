import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { learnTopicIds } from '../../../src/kafka/learnTopicIds.ts';

type Ask = (question: { topics: string[] }) => { request: { apiVersion: number; encode(): Promise<unknown> } };
const { requests, lookup } = createRequire(import.meta.url)('kafkajs/src/protocol/requests/index.js') as {
  requests: { Metadata: object };
  lookup: (versions: object) => (apiKey: number, definition: object) => Ask;
};

it.each([
  ['that speaks ids', 13, 10],
  ['that speaks them just so', 10, 10],
  ['between the client’s newest version and ids', 9, 6],
  ['older than both', 4, 4],
])('asks a broker %s for metadata in a version that it has', async (_, maxVersion, asked) => {
  learnTopicIds();
  learnTopicIds(); // once is enough
  const metadata = lookup({ 3: { minVersion: 0, maxVersion } })(3, requests.Metadata);
  const { request } = metadata({ topics: ['tiles'] });
  expect(request.apiVersion).toBe(asked);
  await expect(request.encode()).resolves.toBeDefined();
});
