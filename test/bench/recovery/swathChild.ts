import { setTimeout as sleep } from 'node:timers/promises';
import { lastValueFrom, tap } from 'rxjs';
import { decodeOptions } from '../../../src/config/decodeOptions.ts';
import { kafkaReader } from '../../../src/kafka/kafkaReader.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import type { Commit } from '../../../src/ports/recordReader.ts';
import { recordDecoder } from '../../../src/records/recordDecoder.ts';
import { toKafka } from '../../../src/sinks/toKafka.ts';
import { fromReader } from '../../../src/sources/fromReader.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { Journal } from '../../support/chaos/journal.ts';
import { wrapReader } from '../../support/chaos/wrapReader.ts';
import type { ChildOptions } from './childOptions.ts';
import { serviceMs } from './serviceMs.ts';

// A process of the recovery benchmark: fromKafka → mapTile → toKafka, counting in its journal, until SIGTERM or kill -9.
const options: ChildOptions = JSON.parse(process.argv[2] ?? '');
const { brokers, topic, groupId, output, maxInFlight, sessionTimeoutMs, commitIntervalMs, slowness } = options;
const journal = new Journal(options.journal);
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const reader = kafkaReader({ brokers, topic, groupId, sessionTimeoutMs });
const journaled = wrapReader(reader, {
  async commit(commits: readonly Commit[]) {
    const { finished } = journal;
    await reader.commit(commits);
    journal.committed(finished);
  },
});
const { decode, carrier } = recordDecoder(decodeOptions.parse({}));
const tiles = fromReader<StreamRecord, Tile>(journaled, {
  decode: (record, origin) => {
    journal.opened();
    return decode(record, origin);
  },
  carrier,
  drain: stop.signal,
  maxInFlight,
  commitIntervalMs,
}).pipe(
  mapTile('work', async ({ id }, { delivery: { origin } }) => {
    await sleep(slowness * serviceMs(Number(origin.partition), Number(origin.position)));
    return { value: id };
  }),
  toKafka({ brokers, topic: output, value: ({ value }) => value }),
  tap(() => journal.acknowledged()),
);
await lastValueFrom(tiles, { defaultValue: undefined });
process.exit(0);
