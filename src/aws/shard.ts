import type { Shard as ShardAnswer } from '@aws-sdk/client-kinesis';

/** A shard of a stream. */
export interface Shard {
  readonly id: string;
  readonly parents: readonly string[];
  /** True when it takes records. */
  readonly open: boolean;
  readonly hashRange: { readonly start: string; readonly end: string } | undefined;
}

/** Reads a shard from an answer of Kinesis. */
export function toShard({
  ShardId,
  ParentShardId,
  AdjacentParentShardId,
  HashKeyRange,
  SequenceNumberRange,
}: ShardAnswer): Shard {
  const { StartingHashKey: start, EndingHashKey: end } = HashKeyRange ?? {};
  return {
    id: ShardId ?? '',
    parents: [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined).filter(Boolean),
    open: SequenceNumberRange?.EndingSequenceNumber === undefined,
    hashRange: start === undefined || end === undefined ? undefined : { start, end },
  };
}
