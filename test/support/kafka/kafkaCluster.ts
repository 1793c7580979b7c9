/** What a local cluster can be asked for. */
export interface KafkaOptions {
  /** Brokers that are controllers too; default 1. */
  readonly nodes?: 1 | 3;
  /** Adds listeners that want SASL, TLS or both, with users and an authorizer; default false. */
  readonly secure?: boolean;
  /** Adds a listener that advertises a port of its own, for a proxy to be put there; default false. */
  readonly proxied?: boolean;
  /** Port of node 1 for plain clients; a free one unless given. */
  readonly port?: number;
  /** Lines of `server.properties` that replace or follow ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Configuration of every topic that `createTopic` makes, under what it is given itself. */
  readonly topicDefaults?: Readonly<Record<string, string>>;
  /** Heap of a broker in MiB; default 256. */
  readonly heapMb?: number;
  /** Environment to find programs and the cache folder in; default the process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
}

/** The listeners of a secure cluster and who may use them; the first user may do everything, the second nothing. */
export interface SecureListeners {
  readonly saslPlaintext: string[];
  readonly saslSsl: string[];
  readonly ssl: string[];
  readonly ca: string; // PEM
  readonly users: readonly [{ username: string; password: string }, { username: string; password: string }];
}

/** How a topic is made. */
export interface TopicOptions {
  readonly partitions?: number; // 1
  readonly replicationFactor?: number; // as many as nodes
  readonly configs?: Readonly<Record<string, string>>;
}

/** A running Apache Kafka on loopback. */
export interface KafkaCluster extends AsyncDisposable {
  readonly brokers: string[];
  readonly secure?: SecureListeners;
  /** By node: where it listens for a proxy, and where it tells clients to find that. */
  readonly proxied?: readonly { readonly listen: number; readonly advertised: number }[];
  /** Sends a signal (default SIGKILL) to a node, from 1; resolves when it ended if the signal ends it. */
  kill(node: number, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a node that ended again on its data; resolves when it serves. */
  startNode(node: number): Promise<void>;
  createTopic(name: string, options?: TopicOptions): Promise<void>;
  /** Ends every process and removes the data. */
  close(): Promise<void>;
}
