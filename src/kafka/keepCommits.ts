import { createRequire } from 'node:module';
import { ownClients } from './ownClients.ts';

interface Place {
  readonly topic: string;
  readonly partition: number;
}
interface OffsetManager {
  readonly topicConfigurations: Readonly<Record<string, { readonly fromBeginning: boolean }>>;
  readonly cluster: {
    fetchTopicsOffset(topics: readonly object[]): Promise<{ readonly partitions: readonly { offset: string }[] }[]>;
  };
  seek(place: Place & { readonly offset: string }): Promise<void>;
}
interface OffsetManagerClass {
  readonly prototype: { setDefaultOffset(this: OffsetManager, place: Place): Promise<void> };
}

let keeping = false;

/**
 * Keeps swath's consumers, of kafkajs 2.2.4, from committing where they were told not to: a broker that says an offset is out of range makes it commit -2, "the
 * oldest", in place of what the group had. Until the next commit a crash would repeat the whole log, in spite of transactions.
 *
 * Here it goes on at the oldest record without telling the group.
 */
export function keepCommits(): void {
  if (keeping) return;
  keeping = true;
  const { prototype } = createRequire(import.meta.url)(
    'kafkajs/src/consumer/offsetManager/index.js',
  ) as OffsetManagerClass;
  const { setDefaultOffset } = prototype;
  prototype.setDefaultOffset = async function (this: OffsetManager, place): Promise<void> {
    if (!ownClients.has(this.cluster)) return setDefaultOffset.call(this, place);
    const { topic, partition } = place;
    const question = { topic, partitions: [{ partition }], ...this.topicConfigurations[topic] };
    const [found] = await this.cluster.fetchTopicsOffset([question]);
    const offset = found?.partitions[0]?.offset;
    if (offset !== undefined) await this.seek({ ...place, offset });
  };
}
