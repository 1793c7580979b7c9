import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromReader, kafkaDeadLetter, mapTile } from '../../src/index.ts';
import { kafkaReader } from '../../src/kafka/kafkaReader.ts';
import { kafkaWriter } from '../../src/kafka/kafkaWriter.ts';
import { ackAll } from '../../src/testing.ts';
import { runSwath } from '../support/cli/startSwath.ts';
import { followReader } from '../support/contracts/followReader.ts';
import type { KafkaCluster } from '../support/kafka/kafkaCluster.ts';
import { startKafka } from '../support/kafka/startKafka.ts';
import { waitFor } from './faults/waitFor.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const record = { key: bytesOf('a'), value: bytesOf('a tile'), headers: [] };

describe('a cluster that wants TLS and passwords', { timeout: 30_000 }, () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startKafka({ secure: true });
    await cluster.createTopic('tiles');
  });
  afterAll(() => cluster?.close());
  const secure = () => {
    if (cluster.secure === undefined) throw new Error('the cluster is not secure');
    const { users, ...listeners } = cluster.secure;
    const [alice, mallory] = users;
    return { ...listeners, alice, mallory };
  };

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    it(`is written to and read with ${mechanism} over TLS`, async () => {
      const { saslSsl: brokers, ca, alice } = secure();
      const connection = { brokers, ssl: { ca }, sasl: { mechanism, ...alice } };
      await cluster.createTopic(mechanism);
      const writer = kafkaWriter({ ...connection, topic: mechanism });
      await writer.write(record);
      await writer.close();
      const reader = kafkaReader({ ...connection, topic: mechanism, groupId: mechanism });
      const seen = followReader(reader, ({ value }) => Buffer.from(value ?? []).toString());
      await seen.until(() => seen.records.length === 1);
      await seen.stop();
      await reader.close();
      expect(seen.texts('0')).toEqual(['a tile']);
    });
  }

  it('is published to, and has its dead letters listed and replayed, by the configuration of a pipeline', async () => {
    const { saslSsl, ca, alice } = secure();
    await Promise.all(['published', 'published.dead', 'again'].map((topic) => cluster.createTopic(topic)));
    await using folder = await mkdtempDisposable(join(tmpdir(), 'swath-secure-'));
    const [picture, config] = [join(folder.path, 'tile.png'), join(folder.path, 'pipeline.yaml')];
    await writeFile(picture, 'a tile');
    await writeFile(join(folder.path, 'ca.pem'), ca);
    const sasl = `{ mechanism: scram-sha-512, username: ${alice.username}, password: "\${PASSWORD}" }`;
    const kafka = `kafka: { brokers: ["127.0.0.1:1"], ssl: { ca: "${join(folder.path, 'ca.pem')}" }, sasl: ${sasl} }`;
    await writeFile(config, `${kafka}\nsource: { topic: "\${ELSEWHERE}" }\n`);
    const env = { PASSWORD: alice.password };
    const addressOf = (topic: string): string => `kafka://${saslSsl.join(',')}/${topic}`;
    const run = async (...args: string[]) => {
      const ended = await runSwath([...args, '--config', config, '--json'], { env });
      expect(`${ended.stdout}${ended.stderr}`).not.toContain(alice.password);
      expect(ended).toMatchObject({ status: 0 });
      return JSON.parse(ended.stdout);
    };

    expect(await run('publish', picture, '--to', addressOf('published'))).toMatchObject({ records: 1 });
    const connection = { brokers: saslSsl, ssl: { ca }, sasl: { mechanism: 'plain', ...alice } } as const;
    const source = kafkaReader({ ...connection, topic: 'published', groupId: 'published' });
    const onNack = kafkaDeadLetter({ ...connection, topic: 'published.dead', pipeline: 'secure' });
    const refused = mapTile('refuse', async () => {
      throw new TypeError('not this one');
    });
    const stop = new AbortController();
    const running = lastValueFrom(
      fromReader(source, { drain: stop.signal, onNack, commitIntervalMs: 100 }).pipe(refused, ackAll()),
      { defaultValue: undefined },
    );
    const dead = addressOf('published.dead');
    await waitFor('the dead letter', async () => (await run('dlq', 'list', dead)).waiting === 1);
    stop.abort();
    await running;

    expect(await run('dlq', 'replay', dead, '--to', addressOf('again'))).toMatchObject({ sent: 1, unconfirmed: 0 });
    expect(await run('dlq', 'list', dead)).toMatchObject({ total: 1, replayed: 1, waiting: 0 });
    const without = await runSwath(['dlq', 'list', dead], { env });
    expect(without).toMatchObject({ status: 1, stderr: expect.stringContaining('which needs `ssl`') });
    expect(without.stderr).not.toMatch(/\n +at /);
  });

  it('tells a wrong password at once, without showing it', async () => {
    const { saslPlaintext: brokers, alice } = secure();
    const sasl = { mechanism: 'scram-sha-256', ...alice, password: 'not-the-word' } as const;
    const reader = kafkaReader({ brokers, sasl, topic: 'tiles' });
    const failure = await followReader(reader, String)
      .until(() => false)
      .catch((error: unknown) => error);
    await reader.close();
    expect(failure).toMatchObject({ code: 'AUTHORIZATION', message: expect.stringContaining('user alice') });
    expect(`${failure}`).not.toContain('not-the-word');
    const writer = kafkaWriter({ brokers, sasl, topic: 'tiles' });
    await expect(writer.write(record)).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    await writer.close();
  });

  it('tells that a user may not use the topic', async () => {
    const { saslPlaintext: brokers, mallory } = secure();
    const sasl = { mechanism: 'plain', ...mallory } as const;
    const reader = kafkaReader({ brokers, sasl, topic: 'tiles' });
    await expect(followReader(reader, String).until(() => false)).rejects.toMatchObject({
      code: 'AUTHORIZATION',
      message: expect.stringContaining('topic tiles'),
    });
    await reader.close();
    const writer = kafkaWriter({ brokers, sasl, topic: 'tiles' });
    await expect(writer.write(record)).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    await writer.close();
  });

  it('tells that a certificate is not trusted, and which host has it', async () => {
    const { ssl: brokers } = secure();
    const reader = kafkaReader({ brokers, ssl: true, topic: 'tiles' });
    await expect(followReader(reader, String).until(() => false)).rejects.toMatchObject({
      code: 'CONNECTION',
      message: expect.stringMatching(/certificate/i),
    });
    await reader.close();
  });

  it('says which option does not fit the listener', async () => {
    const { saslPlaintext, saslSsl, ssl: tls, ca, alice } = secure();
    const sasl = { mechanism: 'plain', ...alice } as const;
    const ssl = { ca };
    const cases = [
      [{ brokers: cluster.brokers, sasl }, 'AUTHORIZATION', 'wants no user: leave `sasl` out'],
      [{ brokers: tls, ssl, sasl }, 'AUTHORIZATION', 'wants no user: leave `sasl` out'],
      [{ brokers: cluster.brokers, ssl }, 'CONNECTION', 'a listener without TLS answers like this: leave `ssl` out'],
      [{ brokers: saslPlaintext, ssl, sasl }, 'CONNECTION', 'a listener without TLS answers like this'],
      [{ brokers: tls }, 'CONNECTION', 'one with TLS, which needs `ssl`, or one with SASL, which needs `sasl`'],
      [{ brokers: saslSsl, sasl }, 'CONNECTION', 'the listener may be one with TLS, which needs `ssl`'],
      [{ brokers: saslPlaintext }, 'CONNECTION', 'one with SASL, which needs `sasl`'],
      [{ brokers: saslSsl, ssl }, 'CONNECTION', 'the listener may be one with SASL, which needs `sasl`'],
    ] as const;
    const told = await Promise.all(
      cases.map(async ([{ brokers, ...rest }]) => {
        const connection = { brokers: [...brokers], ...rest, topic: 'tiles' };
        const writer = kafkaWriter(connection);
        const reader = kafkaReader(connection);
        const [written, read] = await Promise.allSettled([
          writer.open?.(),
          followReader(reader, String).until(() => false),
        ]);
        await Promise.all([writer.close(), reader.close()]);
        return [written, read].map((result) => (result.status === 'rejected' ? result.reason : undefined));
      }),
    );
    const wanted = cases.map(([, code, hint]) => ({ code, message: expect.stringContaining(hint) }));
    expect(told).toMatchObject(wanted.map((error) => [error, error]));
    expect(String(told)).not.toContain(alice?.password);
  });
});
