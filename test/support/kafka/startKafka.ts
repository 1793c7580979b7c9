import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTopic } from './createTopic.ts';
import { findTools } from './findTools.ts';
import { freePorts } from './freePorts.ts';
import { guard } from './guard.ts';
import { isFreePort } from './isFreePort.ts';
import type { KafkaCluster, KafkaOptions } from './kafkaCluster.ts';
import { KafkaNode } from './kafkaNode.ts';
import { makeKeystore } from './makeKeystore.ts';
import { type NodePorts, serverProperties } from './serverProperties.ts';

const users = { alice: 'alice-secret', mallory: 'mallory-secret' };
const usersForListeners = [
  { username: 'alice', password: users.alice },
  { username: 'mallory', password: users.mallory },
] as const;
const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) =>
  Object.entries(users).flatMap(([name, password]) => ['-S', `${mechanism}=[name=${name},password=${password}]`]),
);
// The base64url of 16 bytes; a leading '-' would be taken for an option.
const newClusterId = (): string => randomBytes(16).toString('base64url').replace(/^-/, 'k');

const choosePorts = async ({
  nodes = 1,
  secure = false,
  proxied = false,
  port,
}: KafkaOptions): Promise<NodePorts[]> => {
  const free = await freePorts(nodes * 7);
  const next = (): number => free.pop() as number;
  return Array.from({ length: nodes }, (_, i) => ({
    broker: i === 0 && port ? port : next(),
    controller: next(),
    ...(proxied && { proxied: { listen: next(), advertised: next() } }),
    ...(secure && { secure: { saslPlaintext: next(), saslSsl: next(), ssl: next() } }),
  }));
};

/** Waits until the work on all nodes ended, well or not, so that nothing writes into the folder any more. */
const everyOf = async (nodes: readonly KafkaNode[], work: (node: KafkaNode) => Promise<void>): Promise<void> => {
  for (const result of await Promise.allSettled(nodes.map(work))) {
    if (result.status === 'rejected') throw result.reason;
  }
};

/**
 * Starts Apache Kafka (KRaft) from its jars in a temporary folder, and resolves when every node serves.
 *
 * Nothing outlives this process, however it ends.
 *
 * @throws MissingToolError where Java or Maven is missing.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const { env = process.env, signal, heapMb = 256 } = options;
  const tools = await findTools(env, signal);
  if (options.port && !(await isFreePort(options.port))) throw new Error(`port ${options.port} is in use`);
  const folder = await mkdtemp(join(tmpdir(), 'swath-kafka-'));
  const watch = guard(folder);
  try {
    const ports = await choosePorts(options);
    const keystore = options.secure ? await makeKeystore(folder, tools.java) : undefined;
    const nodes = ports.map((_, i) => {
      const own = { id: i + 1, ports, dataFolder: join(folder, `node${i + 1}`, 'data') };
      const security = keystore && { keystore, users };
      const properties = serverProperties({ ...own, ...security, properties: options.properties ?? {} });
      return new KafkaNode({ ...tools, folder: join(folder, `node${i + 1}`), properties, heapMb, guard: watch });
    });
    const node = (id: number): KafkaNode => {
      const found = nodes[id - 1];
      if (!found) throw new RangeError(`no node ${id}: there are ${nodes.length}`);
      return found;
    };
    const clusterId = newClusterId();
    await everyOf(nodes, (each) => each.format(clusterId, keystore ? scram : []));
    await everyOf(nodes, (each) => each.start(signal));

    const at = (port: (own: NodePorts) => number | undefined): string[] => ports.map((p) => `127.0.0.1:${port(p)}`);
    const brokers = at((p) => p.broker);
    const close = async (): Promise<void> => {
      await Promise.all(nodes.map((each) => each.kill('SIGKILL')));
      await watch.close();
    };
    return {
      brokers,
      ...(options.proxied && { proxied: ports.flatMap((p) => p.proxied ?? []) }),
      ...(keystore && {
        secure: {
          saslPlaintext: at((p) => p.secure?.saslPlaintext),
          saslSsl: at((p) => p.secure?.saslSsl),
          ssl: at((p) => p.secure?.ssl),
          ca: keystore.ca,
          users: usersForListeners,
        },
      }),
      kill: (id, name = 'SIGKILL') => node(id).kill(name),
      startNode: (id) => node(id).start(),
      createTopic: (name, topic = {}) => createTopic(brokers, name, topic, options.topicDefaults),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await watch.close();
    throw error;
  }
}
