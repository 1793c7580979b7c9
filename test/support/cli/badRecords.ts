import sharp from 'sharp';
import { pngHeader } from '../../unit/model/pngHeader.ts';

/** A record that a pipeline must cope with. */
export interface TestRecord {
  readonly name: string;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Code of its dead letter; absent where it is a good tile in spite of all. */
  readonly code?: string;
}

/** A small drawing with one room in it, as PNG and JPEG. */
export async function drawnRoom(): Promise<{ png: Buffer; jpeg: Buffer }> {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><rect width="200" height="200" fill="#fff"/>' +
    '<rect x="40" y="40" width="120" height="120" fill="none" stroke="#000" stroke-width="2"/></svg>';
  const image = sharp(Buffer.from(svg)).flatten();
  return { png: await image.clone().png().toBuffer(), jpeg: await image.clone().jpeg().toBuffer() };
}

/** Good tiles, and one of each kind that is none; what only Kafka can carry is left to its own test. */
export async function badRecords(): Promise<readonly TestRecord[]> {
  const { png, jpeg } = await drawnRoom();
  const inline = { data_base64: png.toString('base64'), contentType: 'image/png' };
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  return [
    { name: 'first', value: json({ id: 'first', ...inline }) },
    { name: 'empty value', value: Buffer.alloc(0), code: 'RECORD_EMPTY' },
    { name: 'not an image', value: Buffer.from('just text, nothing to see'), code: 'INFERENCE_FAILED' },
    { name: 'truncated JPEG', value: jpeg.subarray(0, jpeg.length >> 1), code: 'INFERENCE_FAILED' },
    { name: 'unknown fields', value: json({ id: 'x', ...inline, colour: 'red' }), code: 'RECORD_INVALID' },
    { name: 'missing object', value: json({ id: 'm', uri: 's3://in/no/such.png' }), code: 'PAYLOAD_MISSING' },
    { name: 'foreign bucket', value: json({ id: 'f', uri: 's3://elsewhere/a.png' }), code: 'URI_NOT_ALLOWED' },
    { name: 'huge PNG header', value: pngHeader(50_000, 50_000), code: 'IMAGE_TOO_LARGE' },
    { name: 'plain JPEG', value: jpeg },
    { name: 'invalid traceparent', value: json({ id: 'untraced', ...inline, traceparent: '00-nonsense' }) },
    { name: 'last', value: json({ id: 'last', ...inline }) },
  ];
}
