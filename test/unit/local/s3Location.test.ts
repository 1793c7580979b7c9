import { describe, expect, it } from 'vitest';
import { s3Location } from '../../../src/local/sagemaker/s3Location.ts';

describe('s3Location', () => {
  it.each([
    's3://in/a/b.png',
    'https://s3.us-east-1.amazonaws.com/in/a/b.png',
    'https://in.s3.us-east-1.amazonaws.com/a/b.png',
  ])('reads %s', (uri) => {
    expect(s3Location(uri)).toEqual({ bucket: 'in', key: 'a/b.png' });
  });

  it.each(['s3://in', 's3://in/', 'https://example.com/in/a', 'in/a'])('does not read %s', (uri) => {
    expect(s3Location(uri)).toBeUndefined();
  });
});
