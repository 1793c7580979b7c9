/** The loopback ports of one node; the secure ones only where they are wanted. */
export interface NodePorts {
  readonly broker: number;
  readonly controller: number;
  /** A listener that tells clients to come through a proxy. */
  readonly proxied?: { readonly listen: number; readonly advertised: number };
  readonly secure?: { readonly saslPlaintext: number; readonly saslSsl: number; readonly ssl: number };
}

/** What one node's configuration depends on. */
export interface NodeSettings {
  readonly id: number;
  readonly ports: readonly NodePorts[]; // of every node, by id from 1
  readonly dataFolder: string;
  readonly keystore?: { readonly file: string; readonly password: string };
  readonly users?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, string>>;
}

const jaas = (module: string, users: Readonly<Record<string, string>> = {}): string => {
  const known = Object.entries(users).map(([name, password]) => ` user_${name}="${password}"`);
  return `org.apache.kafka.common.security.${module} required${known.join('')};`;
};

const secureProperties = ({ keystore, users = {} }: NodeSettings): Record<string, string> => {
  const properties: Record<string, string> = {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': keystore?.file ?? '',
    'ssl.keystore.password': keystore?.password ?? '',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // The first user may do everything, the others nothing until a test grants it.
    'super.users': `User:ANONYMOUS;User:${Object.keys(users)[0]}`,
  };
  for (const listener of ['sasl_plaintext', 'sasl_ssl']) {
    const prefix = `listener.name.${listener}`;
    properties[`${prefix}.plain.sasl.jaas.config`] = jaas('plain.PlainLoginModule', users);
    properties[`${prefix}.scram-sha-256.sasl.jaas.config`] = jaas('scram.ScramLoginModule');
    properties[`${prefix}.scram-sha-512.sasl.jaas.config`] = jaas('scram.ScramLoginModule');
  }
  return properties;
};

const listenersOf = ({ broker, proxied, secure }: NodePorts, side: 'listen' | 'advertised'): string => {
  const listeners = [`PLAINTEXT://127.0.0.1:${broker}`];
  if (proxied) listeners.push(`PROXIED://127.0.0.1:${proxied[side]}`);
  if (secure) {
    listeners.push(`SASL_PLAINTEXT://127.0.0.1:${secure.saslPlaintext}`);
    listeners.push(`SASL_SSL://127.0.0.1:${secure.saslSsl}`, `SSL://127.0.0.1:${secure.ssl}`);
  }
  return listeners.join(',');
};

/** Short waits: a node that was killed is noticed, and one that comes back is used, within seconds. */
const hurry = {
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'broker.session.timeout.ms': '1500',
  'broker.heartbeat.interval.ms': '300',
  'controller.quorum.election.timeout.ms': '500',
  'controller.quorum.fetch.timeout.ms': '1000',
  'controller.quorum.election.backoff.max.ms': '300',
};

/** Few threads and small buffers: several nodes share a developer's machine. */
const small = {
  'num.network.threads': '2',
  'num.io.threads': '2',
  'log.cleaner.threads': '1',
  'log.cleaner.dedupe.buffer.size': '4194304',
  'num.recovery.threads.per.data.dir': '1',
  'background.threads': '2',
};

/** Returns the `server.properties` of a node that is broker and controller at once (KRaft). */
export function serverProperties(settings: NodeSettings): string {
  const { id, ports, dataFolder } = settings;
  const own = ports[id - 1];
  if (own === undefined) throw new RangeError(`node ${id} of ${ports.length}`);
  const replicas = String(Math.min(ports.length, 3));
  const inSync = ports.length < 3 ? '1' : '2';
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': ports.map((p, i) => `${i + 1}@127.0.0.1:${p.controller}`).join(','),
    listeners: `${listenersOf(own, 'listen')},CONTROLLER://127.0.0.1:${own.controller}`,
    'advertised.listeners': listenersOf(own, 'advertised'),
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataFolder,
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    ...hurry,
    ...small,
    ...(own.secure ? secureProperties(settings) : {}),
  };
  for (const topic of ['offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic']) {
    properties[`${topic}.num.partitions`] = '3';
    properties[`${topic}.replication.factor`] = replicas;
    if (topic !== 'offsets.topic') properties[`${topic}.min.isr`] = inSync;
  }
  const all = { ...properties, ...settings.properties };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
