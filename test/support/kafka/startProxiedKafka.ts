import { startToxiproxy, type ToxicProxy } from '../toxiproxy/startToxiproxy.ts';
import type { KafkaCluster, KafkaOptions } from './kafkaCluster.ts';
import { startKafka } from './startKafka.ts';

/** A cluster with a way to it that can be broken, and one that cannot. */
export interface ProxiedKafka extends AsyncDisposable {
  readonly cluster: KafkaCluster;
  /** Brokers as seen through the proxies; whoever asks these is sent to these. */
  readonly brokers: string[];
  /** In front of each node, from node 1. */
  readonly proxies: readonly ToxicProxy[];
}

/** Starts Apache Kafka with a toxiproxy before each node; `cluster.brokers` lead past them. */
export async function startProxiedKafka(options: KafkaOptions = {}): Promise<ProxiedKafka> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startToxiproxy());
  const cluster = stack.use(await startKafka({ ...options, proxied: true }));
  const proxies = await Promise.all(
    (cluster.proxied ?? []).map(({ listen, advertised }) => server.proxy(advertised, listen)),
  );
  const own = stack.move();
  return {
    cluster,
    brokers: proxies.map(({ port }) => `127.0.0.1:${port}`),
    proxies,
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}
