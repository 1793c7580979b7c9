import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { Tile, TileEvent } from '../tile/tile.ts';
import { optionalText, requireText } from './requireText.ts';

/** Characters of an attribute's name that a message shows. */
const MAX_NAME = 60;

/** Attributes that say something about the data or are told elsewhere, so that they are no extensions. */
const OWN = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'data',
  'data_base64',
]);

/**
 * Checks a CloudEvent's attributes and takes them over; `null` counts as absent, as the JSON format says.
 *
 * @param fieldOf - Names an attribute as the record's owner would look for it.
 * @throws RecordInvalidError `RECORD_INVALID`
 */
export function buildEvent(
  attributes: Readonly<Record<string, unknown>>,
  fieldOf: (name: string) => string,
): Required<Pick<Tile, 'id' | 'event'>> {
  const { specversion } = attributes;
  if (specversion !== '1.0') {
    const rule = specversion === undefined ? 'is required' : 'must be 1.0';
    throw new RecordInvalidError('RECORD_INVALID', fieldOf('specversion'), rule, specversion);
  }
  const id = requireText(attributes['id'], fieldOf('id'));
  const source = requireText(attributes['source'], fieldOf('source'));
  const type = requireText(attributes['type'], fieldOf('type'));
  const subject = optionalText(attributes['subject'] ?? undefined, fieldOf('subject'));
  const time = optionalText(attributes['time'] ?? undefined, fieldOf('time'));
  const event: TileEvent = {
    source,
    type,
    ...(subject === undefined ? {} : { subject }),
    ...(time === undefined ? {} : { time }),
    extensions: extensionsOf(attributes, fieldOf),
  };
  return { id, event };
}

function extensionsOf(
  attributes: Readonly<Record<string, unknown>>,
  fieldOf: (name: string) => string,
): TileEvent['extensions'] {
  const extensions: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (OWN.has(name) || value === null) continue;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new RecordInvalidError(
        'RECORD_INVALID',
        fieldOf(name.slice(0, MAX_NAME)),
        'must be a text, a number or true/false',
        value,
      );
    }
    extensions[name] = value;
  }
  return extensions;
}
