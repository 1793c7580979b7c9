import { plainKafka } from '../../support/kafka/plainKafka.ts';

/** A consumer group as its coordinator sees it. */
export interface GroupWatch extends AsyncDisposable {
  look(): Promise<{ readonly state: string; readonly members: number }>;
}

/** Looks at a group with the plain client. */
export async function watchGroup(brokers: string[], groupId: string): Promise<GroupWatch> {
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  return {
    async look() {
      const { groups } = await admin.describeGroups([groupId]);
      return { state: groups[0]?.state ?? 'Dead', members: groups[0]?.members.length ?? 0 };
    },
    [Symbol.asyncDispose]: () => admin.disconnect(),
  };
}
