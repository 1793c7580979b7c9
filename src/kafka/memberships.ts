import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { Kafka } from 'kafkajs';
import type { Observable } from 'rxjs';
import type { ReadRecord } from '../ports/recordReader.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { GroupMember } from './groupMember.ts';
import type { GroupOffsets } from './groupOffsets.ts';
import type { GroupPartitions } from './groupPartitions.ts';
import { isHopeless } from './isHopeless.ts';
import { kafkaFault } from './kafkaFault.ts';
import { keepingAssigner } from './keepingAssigner.ts';
import type { Ownership } from './ownership.ts';
import type { ReadBuffer } from './readBuffer.ts';
import { topicChanges } from './topicChanges.ts';

/** What {@link Memberships} join, and what for. */
export interface MembershipsOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly offsets: GroupOffsets;
  readonly ownership: Ownership;
  readonly buffer: ReadBuffer<StreamRecord>;
  readonly partitions: GroupPartitions;
  /** False once nothing more is read: then a membership is wanted as long as something is held that is to be committed. */
  readonly reading: () => boolean;
  readonly closing: AbortSignal;
  /** Emits when the topic may not be what it was. */
  readonly suspected: Observable<void>;
}

const rejoinWaitMs = 1000;
const lastingMs = 60_000; // after a membership that lasted so long, failures are counted anew

/** One membership after another: becomes a member again after crashes, for as long as that is wanted. */
export class Memberships {
  readonly #options: MembershipsOptions;

  constructor(options: MembershipsOptions) {
    this.#options = options;
  }

  /**
   * Resolves when no membership is wanted any more.
   *
   * @throws What the brokers answered, where they refuse for good.
   */
  async stay(): Promise<void> {
    const { topic, groupId, partitions, closing, reading } = this.#options;
    let worked = false;
    for (let failures = 1; ; failures++) {
      const { round } = partitions;
      const startedMs = performance.now();
      const error = await this.#beMember();
      if (!this.#wanted) return partitions.leave();
      worked ||= partitions.round > round;
      if (worked && performance.now() - startedMs > lastingMs) failures = 1;
      const { kind } = kafkaFault(error);
      if (isHopeless(kind, failures, worked)) throw error;
      // What the brokers' own trouble ended may go on, and what is drained is not begun anew in vain: the next assignment tells what
      // became of the partitions.
      partitions.leave(kind === 'transient' || !reading());
      diag.warn(`${topic}: out of group ${groupId}, joining again: ${String(error)}`);
      await sleep(rejoinWaitMs, undefined, { signal: closing }).catch(() => undefined);
      if (!this.#wanted) return;
    }
  }

  get #wanted(): boolean {
    const { closing, reading, ownership } = this.#options;
    return !closing.aborted && (reading() || ownership.partitions.length > 0);
  }

  /** Resolves when the membership ended, with what ended it. */
  async #beMember(): Promise<unknown> {
    const { topic, groupId, ownership, buffer, offsets, partitions, closing, reading, suspected } = this.#options;
    const crash = Promise.withResolvers<unknown>();
    const assigner = keepingAssigner({
      ownership,
      draining: () => !reading(),
      partitionsOf: (other) => offsets.partitionsOf(other),
    });
    const events = {
      joined: (assigned: readonly string[]) => partitions.joined(member, assigned),
      fetched: (partition: string, records: readonly ReadRecord<StreamRecord>[]) => buffer.push(partition, records),
      reached: (partition: string, next: number) => partitions.reached(partition, next),
      forming: () => partitions.forming(),
      confirmed: () => partitions.confirmed(member),
      rewound: (partition: string) => partitions.rewound(member, partition),
      crashed: crash.resolve,
    };
    const { kafka, sessionTimeoutMs } = this.#options;
    const member = new GroupMember({ kafka, topic, groupId, sessionTimeoutMs, assigner, events });
    closing.addEventListener('abort', crash.resolve);
    const changes = topicChanges(() => offsets.log(), ownership, suspected);
    const looking = changes.subscribe(() => reading() && member.beginAgain());
    try {
      await offsets.open();
      if (closing.aborted) return undefined;
      await member.join();
      return await crash.promise;
    } catch (error) {
      return error;
    } finally {
      looking.unsubscribe();
      closing.removeEventListener('abort', crash.resolve);
      await member.leave().catch((error: unknown) => diag.debug(`kafka ${topic}: ${String(error)}`));
    }
  }
}
