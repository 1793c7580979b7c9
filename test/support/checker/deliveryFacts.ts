/** A record of the input topic. */
export interface InputRecord {
  readonly partition: number;
  readonly offset: bigint;
  /** Key in hexadecimal; null where there is none. */
  readonly key: string | null;
}

/** A record that some tile left behind, in the output or in the dead-letter topic. */
export interface Arrival {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Input record that it says it comes from, as `topic/partition/offset`; absent when it says nothing of the kind. */
  readonly origin: string | undefined;
}

/** All that a run left on the brokers. */
export interface DeliveryFacts {
  readonly topic: string;
  /** Records of the input topic. */
  readonly input: readonly InputRecord[];
  /** Records of output and dead letter, each partition in its order. */
  readonly arrivals: readonly Arrival[];
  /** Committed offset by input partition; absent where nothing was committed. */
  readonly committed: ReadonlyMap<number, bigint>;
}
