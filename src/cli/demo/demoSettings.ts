import type { z } from 'zod';
import detect from '../../../pipelines/detect.ts';
import { loadConfig } from '../../config/loadConfig.ts';

/** Configuration of the pipeline that the demo runs. */
export type DemoConfig = z.output<typeof detect.config>;

/** Buckets and prefixes of the endpoint in the stand-ins. */
export const demoEndpoint = {
  name: 'lights',
  inputBucket: 'swath-demo-in',
  outputBucket: 'swath-demo-out',
  outputPrefix: 'results/',
  failurePrefix: 'failures/',
} as const;

/** Names of the streams or topics, and how many partitions each has. */
export interface DemoNames {
  readonly tiles: string;
  readonly detections: string;
  readonly dead: string;
}

export const demoPartitions = 2;

/** Tiles in flight: enough to keep the model busy while results are waited for, few enough that a tile's latency is its own. */
const maxInFlight = 16;

const endpointSettings = [
  ...Object.entries(demoEndpoint).map(([name, value]) => `endpoint.${name}=${value}`),
  'endpoint.deadlineMs=120000',
];

/** Configures the pipeline for a Kinesis stream. @throws ConfigurationError when a setting of the user cannot be used. */
export function kinesisDemoConfig({ tiles, detections, dead }: DemoNames, set: readonly string[]): DemoConfig {
  const own = [`source.stream=${tiles}`, `sink.stream=${detections}`, `deadLetter.stream=${dead}`];
  return configure([...own, 'kinesis.leaseTable=swath-demo'], set);
}

/** Configures the pipeline for Kafka topics. @throws ConfigurationError when a setting of the user cannot be used. */
export function kafkaDemoConfig(
  { tiles, detections, dead, group }: DemoNames & { readonly group: string },
  set: readonly string[],
): DemoConfig {
  const own = [`source.topic=${tiles}`, `sink.topic=${detections}`, `deadLetter.topic=${dead}`];
  return configure([...own, `source.groupId=${group}`], set);
}

function configure(own: readonly string[], set: readonly string[]): DemoConfig {
  // The environment is left out: the demo is the same for everybody, and what the user wants other comes by --set.
  const all = [...endpointSettings, `source.maxInFlight=${maxInFlight}`, ...own, ...set];
  return loadConfig(detect.config, { env: {}, set: all });
}
