import type { TestTopic } from '../testTopic.ts';

/** Origins of the results in a topic, as `partition/offset`, partition by partition in their order. */
export async function originsOf(output: TestTopic): Promise<string[]> {
  const records = await output.readAll();
  return records.map(({ headers }) => String(headers['ce_subject']).split('/').slice(-2).join('/'));
}

/** Where the records of a topic lie, as `partition/offset`. */
export async function placesOf(input: TestTopic): Promise<string[]> {
  return (await input.readAll()).map(({ partition, offset }) => `${partition}/${offset}`);
}
