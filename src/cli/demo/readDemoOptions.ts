import { ConfigurationError, type ConfigurationProblem } from '../../errors/configurationError.ts';
import { detectOverlapPixels } from '../../imagery/detectOverlapPixels.ts';
import type { DemoOptions } from './demoOptions.ts';
import { readBoundsOption } from './readBoundsOption.ts';

/** Options as the command line gives them. */
export interface GivenDemoOptions {
  readonly source: string;
  readonly image?: string | undefined;
  readonly bounds?: string | undefined;
  readonly tileSize: string;
  readonly out: string;
  readonly set?: readonly string[] | undefined;
}

/** Tiles share {@link detectOverlapPixels}; much smaller ones would be nothing but overlap. */
const leastTileSize = 128;
const largestTileSize = 4096;

/**
 * Checks the options of the demo.
 *
 * @throws ConfigurationError with all that is wrong.
 */
export function readDemoOptions({ source, image, bounds, tileSize, out, set = [] }: GivenDemoOptions): DemoOptions {
  const problems: ConfigurationProblem[] = [];
  const size = Number(tileSize);
  if (!/^\d+$/.test(tileSize) || size < leastTileSize || size > largestTileSize) {
    const rule = `must be a whole number from ${leastTileSize} to ${largestTileSize} (pixels, of which tiles share ${detectOverlapPixels})`;
    problems.push({ field: '--tile-size', rule, value: tileSize });
  }
  if (source !== 'kinesis' && source !== 'kafka')
    problems.push({ field: '--source', rule: 'must be kinesis or kafka', value: source });
  if (image === '') problems.push({ field: '--image', rule: 'must be the path of a picture', value: image });
  if (out === '') problems.push({ field: '--out', rule: 'must be the path of a folder', value: out });
  const stray = source === 'kinesis' ? set.find((each) => each.startsWith('kafka.')) : undefined;
  if (stray !== undefined)
    problems.push({ field: '--set', rule: 'names Kafka; add --source kafka', value: stray.split('=')[0] });
  const edges = bounds === undefined ? undefined : readBoundsOption(bounds, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { source: source === 'kafka' ? 'kafka' : 'kinesis', image, bounds: edges, tileSize: size, out, set };
}
