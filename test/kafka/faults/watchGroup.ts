import { Kafka, logLevel } from 'kafkajs';

/** A consumer group as its coordinator sees it. */
export interface GroupWatch extends AsyncDisposable {
  look(): Promise<{ readonly state: string; readonly members: number }>;
}

/** Looks at a group with the plain client. */
export async function watchGroup(brokers: string[], groupId: string): Promise<GroupWatch> {
  const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 60 };
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry }).admin();
  await admin.connect();
  return {
    async look() {
      const { groups } = await admin.describeGroups([groupId]);
      return { state: groups[0]?.state ?? 'Dead', members: groups[0]?.members.length ?? 0 };
    },
    [Symbol.asyncDispose]: () => admin.disconnect(),
  };
}
