import { type Attributes, type Meter, type MeterProvider, metrics } from '@opentelemetry/api';
import type { TileOutcome } from './endTileSpan.ts';

/** The events that are counted. Every label has few values: outcomes, stages of a pipeline, streams it reads. */
export interface Instruments {
  /** @param seconds - From the delivery to its settlement. */
  tileSettled(outcome: TileOutcome, seconds: number): void;
  stageEnded(stage: string, seconds: number, failed: boolean): void;
  /** @param change - Positive on delivery, negative on settlement. */
  inFlight(change: number): void;
  retried(stage: string): void;
  mapIgnored(stream: string): void;
  /** Records that were deleted from the log before they were read. */
  recordsMissed(stream: string, count: number): void;
  committed(stream: string): void;
  commitFailed(stream: string): void;
  /** @param seconds - Age of the oldest record not yet read, over all partitions this process reads. */
  behind(stream: string, seconds: number): void;
}

/** Upper bounds in seconds, up to the quarter of an hour that a tile may take. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 900];

let known: { readonly provider: MeterProvider; readonly instruments: Instruments } | undefined;

/**
 * Finds the instruments of the meter provider installed now. Unlike tracers, meters of the API do not switch over by
 * themselves, so whoever counts asks each time; that costs one look-up.
 */
export function instruments(): Instruments {
  const provider = metrics.getMeterProvider();
  if (known?.provider !== provider) known = { provider, instruments: create(provider.getMeter('swath')) };
  return known.instruments;
}

function create(meter: Meter): Instruments {
  const duration = { unit: 's', advice: { explicitBucketBoundaries: SECONDS } };
  const tiles = meter.createCounter('swath.tiles', { unit: '{tile}', description: 'Tiles settled, by outcome.' });
  const tileDuration = meter.createHistogram('swath.tile.duration', {
    ...duration,
    description: 'From the delivery of a tile to its settlement.',
  });
  const stageDuration = meter.createHistogram('swath.stage.duration', {
    ...duration,
    description: 'Time of a tile in a stage, retries included.',
  });
  const inFlight = meter.createUpDownCounter('swath.in_flight', {
    unit: '{tile}',
    description: 'Tiles not yet settled.',
  });
  const retries = meter.createCounter('swath.retries', {
    unit: '{retry}',
    description: 'Attempts after the first, by stage.',
  });
  const ignored = meter.createCounter('swath.map.ignored', {
    unit: '{map}',
    description: 'Commits whose map of finished tiles could not be read, so that tiles may repeat.',
  });
  const missed = meter.createCounter('swath.records.missed', {
    unit: '{record}',
    description: 'Records that the log deleted before they were read.',
  });
  const commits = meter.createCounter('swath.commits', { unit: '{commit}', description: 'Commits, by outcome.' });
  const lag = meter.createGauge('swath.lag', {
    unit: 's',
    description: 'How far the last reads were behind the newest record: the partition that is furthest behind.',
  });
  const outcome = labels((name) => ({ outcome: name }));
  const stage = labels((name) => ({ stage: name }));
  const okStage = labels((name) => ({ stage: name, outcome: 'ok' }));
  const failedStage = labels((name) => ({ stage: name, outcome: 'failed' }));
  const stream = labels((name) => ({ 'messaging.destination.name': name }));
  const okCommit = labels((name) => ({ 'messaging.destination.name': name, outcome: 'ok' }));
  const failedCommit = labels((name) => ({ 'messaging.destination.name': name, outcome: 'failed' }));
  return {
    tileSettled: (name, seconds) => {
      tiles.add(1, outcome(name));
      tileDuration.record(seconds, outcome(name));
    },
    stageEnded: (name, seconds, failed) => stageDuration.record(seconds, failed ? failedStage(name) : okStage(name)),
    inFlight: (change) => inFlight.add(change),
    retried: (name) => retries.add(1, stage(name)),
    mapIgnored: (name) => ignored.add(1, stream(name)),
    recordsMissed: (name, count) => missed.add(count, stream(name)),
    committed: (name) => commits.add(1, okCommit(name)),
    commitFailed: (name) => commits.add(1, failedCommit(name)),
    behind: (name, seconds) => lag.record(seconds, stream(name)),
  };
}

/** Makes each set of labels once: an object per tile is what counting would cost otherwise. */
function labels(make: (name: string) => Attributes): (name: string) => Attributes {
  const made = new Map<string, Attributes>();
  return (name) => {
    let found = made.get(name);
    if (found === undefined) {
      found = make(name);
      made.set(name, found);
    }
    return found;
  };
}
