import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readCompose } from '../support/compose/readCompose.ts';
import { findTools } from '../support/kafka/findTools.ts';
import { guard } from '../support/kafka/guard.ts';
import { KafkaNode } from '../support/kafka/kafkaNode.ts';

/** Turns the container's environment into the properties that its start script makes of it. */
const propertiesOf = (environment: Readonly<Record<string, string | number>>): string =>
  Object.entries(environment)
    .filter(([name]) => name.startsWith('KAFKA_'))
    .map(([name, value]) => `${name.slice('KAFKA_'.length).toLowerCase().replaceAll('_', '.')}=${value}\n`)
    .join('');

it('Kafka accepts the configuration of docker-compose.yml', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'swath-compose-'));
  const watch = guard(folder);
  try {
    const properties = `${propertiesOf(readCompose()['kafka']?.environment ?? {})}log.dirs=${join(folder, 'data')}\n`;
    const node = new KafkaNode({ ...(await findTools(process.env)), folder, properties, heapMb: 128, guard: watch });
    await expect(node.format('5L6g3nShT-eMCtK--X86sw')).resolves.toBeUndefined();
    const wrong = properties.replace('COMPOSE:PLAINTEXT', 'OTHER:PLAINTEXT');
    const other = new KafkaNode({
      ...(await findTools(process.env)),
      folder,
      properties: wrong,
      heapMb: 128,
      guard: watch,
    });
    await expect(other.format('5L6g3nShT-eMCtK--X86sw', ['--ignore-formatted'])).rejects.toThrow(/COMPOSE/);
  } finally {
    await watch.close();
    await rm(folder, { recursive: true, force: true });
  }
});
