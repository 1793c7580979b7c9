import type { ConfigurationProblem } from '../../errors/configurationError.ts';
import type { Bounds } from '../../imagery/bounds.ts';

const rule = 'must be west,south,east,north in degrees, like -180,-90,180,90';

/** Reads the edges of a picture from the command line; adds to `problems` what is wrong with them. */
export function readBoundsOption(text: string, problems: ConfigurationProblem[]): Bounds | undefined {
  const [west, south, east, north, ...more] = text
    .split(',')
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const isPlace =
    [west, east].every((lon) => lon !== undefined && Math.abs(lon) <= 180) &&
    [south, north].every((lat) => lat !== undefined && Math.abs(lat) <= 90);
  if (!isPlace || more.length > 0 || (south ?? 0) >= (north ?? 0) || west === east) {
    problems.push({ field: '--bounds', rule, value: text });
    return undefined;
  }
  return [west ?? 0, south ?? 0, east ?? 0, north ?? 0];
}
