import { plainKafka } from '../../support/kafka/plainKafka.ts';

/** Writes with the plain client, many partitions in one `send()`, as its documentation shows. */
export interface PlainSender {
  /** Values of the calls that the client said were written. */
  readonly acknowledged: readonly string[];
  stop(): Promise<void>;
}

/** Starts sending numbered values to all partitions, call after call. */
export function plainSender(brokers: string[], topic: string, partitions: number): PlainSender {
  const producer = plainKafka(brokers).producer({ idempotent: true });
  const acknowledged: string[] = [];
  let stopped = false;
  const sending = (async () => {
    await producer.connect();
    for (let call = 1; !stopped; call++) {
      const messages = Array.from({ length: partitions * 5 }, (_, i) => ({
        partition: i % partitions,
        value: `${call}/${i}`,
      }));
      const answer = await producer.send({ topic, acks: -1, messages }).catch(() => undefined);
      if (answer !== undefined) acknowledged.push(...messages.map(({ value }) => value));
    }
    await producer.disconnect();
  })();
  return {
    acknowledged,
    stop: () => {
      stopped = true;
      return sending;
    },
  };
}
