import type { TestTopic } from './testTopic.ts';

/** Adds `count` records to each partition, with keys that tell partition and number. */
export async function appendNumbered(input: TestTopic, partitions: readonly number[], count: number): Promise<void> {
  for (const partition of partitions) {
    const messages = Array.from({ length: count }, (_, i) => ({ key: `${partition}-${i}`, value: `bytes ${i}` }));
    await input.append(partition, messages);
  }
}
