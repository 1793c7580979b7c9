import type { KafkaCluster } from './kafkaCluster.ts';
import { type FrameProxy, startFrameProxy } from './startFrameProxy.ts';
import { startKafka } from './startKafka.ts';

/** One broker behind a proxy that knows the protocol; `cluster.brokers` lead past it. */
export interface FrameProxiedKafka extends AsyncDisposable {
  readonly cluster: KafkaCluster;
  readonly proxy: FrameProxy;
  /** The broker as seen through the proxy. */
  readonly brokers: string[];
}

/** Starts Apache Kafka with a {@link FrameProxy} before its one node. */
export async function startFrameProxiedKafka(): Promise<FrameProxiedKafka> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await startKafka({ proxied: true }));
  const [way] = cluster.proxied ?? [];
  if (way === undefined) throw new Error('the cluster has no listener for a proxy');
  const proxy = stack.use(await startFrameProxy(way.advertised, way.listen));
  const own = stack.move();
  return {
    cluster,
    proxy,
    brokers: [`127.0.0.1:${way.advertised}`],
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}
