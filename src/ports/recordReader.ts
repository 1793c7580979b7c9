/** A record as a {@link RecordReader} hands it over. */
export interface ReadRecord<R> {
  /** The log's own name of the place. */
  readonly position: string;
  /**
   * Number of the place within its partition: grows from record to record, may leave gaps, never repeats within an
   * assignment. Kafka: the offset. Kinesis: how many records came since the checkpoint.
   */
  readonly slot: number;
  /** Size that counts against `maxInFlightBytes`. */
  readonly bytes: number;
  readonly value: R;
}

/** Records of one partition, in their order. */
export interface RecordBatch<R> {
  readonly partition: string;
  /** Epoch of the assignment the records were read under. */
  readonly epoch: number;
  readonly records: readonly ReadRecord<R>[];
}

/** What a log holds for a partition since the last commit. */
export interface StoredProgress {
  /** Smallest slot that may be unfinished. */
  readonly nextSlot: number;
  /** The map as it was committed; empty when the commit was not made by swath. */
  readonly map: string;
}

/** A partition was given to this reader. */
export interface Assignment {
  readonly partition: string;
  /** Grows with every assignment of the partition; batches and commits name it. */
  readonly epoch: number;
  /** Absent when nothing was ever committed. */
  readonly progress?: StoredProgress | undefined;
  /**
   * Slot that is to be committed as the place where reading begins, though no record was read: without a commit it would begin elsewhere
   * the next time, as at the end of a log that has grown.
   */
  readonly begin?: number | undefined;
  /** Id of the stream, where the log tells streams of one name apart that way. */
  readonly streamId?: string | undefined;
}

/** Durable progress of one partition. */
export interface Commit {
  readonly partition: string;
  readonly epoch: number;
  /** Smallest slot that may be unfinished; for Kafka this is the offset to commit. */
  readonly nextSlot: number;
  /** Position of the last record of the finished prefix; absent while the first record of the assignment is unfinished. */
  readonly position: string | undefined;
  /** Position of the oldest unfinished record; absent when none is in flight. */
  readonly nextPosition: string | undefined;
  /** Finished slots above the prefix, encoded; at most 4064 characters. */
  readonly map: string;
}

/** What a reader reports while it reads; called synchronously, must not throw. */
export interface ReaderEvents {
  /** Called before the first batch of an assignment. A partition kept over a rebalance is assigned again under a new epoch. */
  assigned(assignment: Assignment): void;
  /** Called as soon as the reader knows that the partition is no longer its own. */
  revoked(partition: string): void;
  /**
   * Says whether everything that lay in the log when it gave out its partitions has been handed over; false while they are being given
   * out, true at once where this reader got none. A reader that cannot tell never calls it.
   */
  caughtUp(is: boolean): void;
  /**
   * The log refuses the reader for good, so that nothing can be committed any more. Told at once: `read`, which throws the same, may wait to
   * be asked for more, or have ended in a drain.
   */
  failed(error: unknown): void;
  /**
   * What could be committed if these slots, which are in flight, were finished; `undefined` while there is nothing to commit.
   *
   * Asked by readers that commit progress together with the output it stands for.
   */
  progressAfter(partition: string, finishing: ReadonlySet<number>): Commit | undefined;
}

/** A partitioned log to read from. Adapters and fakes of it pass one contract suite. */
export interface RecordReader<R> {
  /** Value of `messaging.system` in spans: `kafka`, `aws_kinesis`, … */
  readonly system: string;
  /** Topic or stream name. */
  readonly stream: string;
  /** Consumer group or lease table, where there is one. */
  readonly group?: string;
  /**
   * Reads until `signal` aborts (then it ends after what was handed over), or the log ends.
   *
   * The reader stays a member of its group after the end, so that late commits count, until {@link RecordReader.close}.
   * What it holds in memory for a consumer that does not pull is bounded.
   *
   * @throws SourceError when the log refuses the reader for good.
   */
  read(events: ReaderEvents, signal: AbortSignal): AsyncIterable<RecordBatch<R>>;
  /** Stops handing over batches of a partition; batches already handed over are not taken back. Unknown partitions are ignored. */
  pause(partition: string): void;
  resume(partition: string): void;
  /**
   * Makes progress durable. Resolves when the log confirmed it. Resolves without effect when the epoch is no longer the
   * partition's, once `revoked`, or `assigned` under a new epoch, has told so: then it may be committed under that one.
   */
  commit(commits: readonly Commit[]): Promise<void>;
  /** Leaves the group and frees everything. Idempotent. */
  close(): Promise<void>;
}
