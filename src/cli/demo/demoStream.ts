import type { RecordWriter } from '../../ports/recordWriter.ts';
import type { DemoConfig } from './demoSettings.ts';

/** What carries a run's tiles in, and its results out. */
export interface DemoStream extends AsyncDisposable {
  /** For people: `Kinesis stream` or `Kafka topic`. */
  readonly label: string;
  readonly config: DemoConfig;
  /** Opens a writer of tiles. */
  openWriter(): RecordWriter;
  /** Reads what the pipeline wrote, with a client that knows nothing of the run: the GeoJSON of each record. */
  readResults(): Promise<unknown[]>;
}
