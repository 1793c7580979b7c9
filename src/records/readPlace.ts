import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { Tile } from '../tile/tile.ts';

/** Systems in degrees of longitude and latitude, where west may lie east of east: RFC 7946 §5.2, the antimeridian. */
const GEOGRAPHIC = /^(?:EPSG:4326|OGC:CRS84|urn:ogc:def:crs:OGC:1\.3:CRS84|urn:ogc:def:crs:EPSG::4326)$/i;

/**
 * Reads `[minLon, minLat, maxLon, maxLat]`.
 *
 * @throws RecordInvalidError `RECORD_INVALID`
 */
export function readBounds(value: unknown, crs: string | undefined): Tile['bounds'] {
  if (value === undefined) return undefined;
  const field = 'value.bounds';
  const numbers = readNumbers(value, field, 4, 'must be four numbers [minLon, minLat, maxLon, maxLat]');
  const [minLon = 0, minLat = 0, maxLon = 0, maxLat = 0] = numbers;
  const mayCross = crs === undefined || GEOGRAPHIC.test(crs);
  if (mayCross ? minLon === maxLon : minLon >= maxLon) {
    throw new RecordInvalidError(
      'RECORD_INVALID',
      `${field}.2`,
      `must be ${mayCross ? 'other than' : 'greater than'} ${minLon}`,
      maxLon,
    );
  }
  if (minLat >= maxLat) {
    throw new RecordInvalidError('RECORD_INVALID', `${field}.3`, `must be greater than ${minLat}`, maxLat);
  }
  return [minLon, minLat, maxLon, maxLat];
}

/**
 * Reads `[x, y]` in pixels.
 *
 * @throws RecordInvalidError `RECORD_INVALID`
 */
export function readOffset(value: unknown): Tile['offset'] {
  if (value === undefined) return undefined;
  const field = 'value.offset';
  const numbers = readNumbers(value, field, 2, 'must be two whole numbers [x, y]');
  for (const [i, number] of numbers.entries()) {
    if (Number.isSafeInteger(number) && number >= 0) continue;
    throw new RecordInvalidError('RECORD_INVALID', `${field}.${i}`, 'must be a whole number of at least 0', number);
  }
  const [x = 0, y = 0] = numbers;
  return [x, y];
}

function readNumbers(value: unknown, field: string, count: number, rule: string): readonly number[] {
  if (!Array.isArray(value) || value.length !== count)
    throw new RecordInvalidError('RECORD_INVALID', field, rule, value);
  return value.map((item: unknown, i) => {
    // JSON has no infinity, but 1e999 parses to one.
    if (typeof item === 'number' && Number.isFinite(item)) return item;
    throw new RecordInvalidError(
      'RECORD_INVALID',
      `${field}.${i}`,
      'must be a finite number',
      typeof item === 'number' ? String(item) : item,
    );
  });
}
