import { CallCounter } from '../../aws/callCounter.ts';
import { kinesisWriter } from '../../aws/kinesisWriter.ts';
import { readWholeStream } from '../../aws/readWholeStream.ts';
import { type DemoNames, kinesisDemoConfig } from './demoSettings.ts';
import type { DemoStream } from './demoStream.ts';

/** Streams of the stand-in; they live as long as it does. */
export const kinesisNames: DemoNames = { tiles: 'tiles', detections: 'detections', dead: 'tiles-dead' };

/** Uses the streams of the Kinesis stand-in. @throws ConfigurationError when a setting of the user cannot be used. */
export function openKinesisStream(set: readonly string[]): DemoStream {
  const config = kinesisDemoConfig(kinesisNames, set);
  const calls = new CallCounter(); // publishing and looking are not the pipeline's
  return {
    label: 'Kinesis stream',
    config,
    openWriter: () => kinesisWriter({ stream: kinesisNames.tiles }, { calls }),
    readResults: async () => {
      const records = await readWholeStream(kinesisNames.detections, { calls });
      return records.map(({ value }) => dataOf(JSON.parse(Buffer.from(value).toString('utf8'))));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A result is a CloudEvent in structured mode. */
function dataOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'data' in event ? event.data : undefined;
}
