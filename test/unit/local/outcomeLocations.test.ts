import { describe, expect, it } from 'vitest';
import { outcomeLocations } from '../../../src/local/sagemaker/outcomeLocations.ts';

const endpoint = { outputPath: 's3://out/results/', failurePath: 's3://out/failures' };
const at = (pathExtension?: string, filename?: string) => outcomeLocations(endpoint, { pathExtension, filename });

describe('outcomeLocations', () => {
  it('puts path, extension and file name together, one slash between each', () => {
    expect(at('/2026/09/', 'tile.json')).toEqual({
      output: 's3://out/results/2026/09/tile.json',
      failure: 's3://out/failures/2026/09/tile-error.json',
    });
  });

  it('is the same for the same request', () => {
    expect(at('a', 'tile')).toEqual(at('a', 'tile'));
    expect(at('a', 'tile').failure).toBe('s3://out/failures/a/tile-error');
  });

  it('makes up a new name for each request without one', () => {
    const name = /^s3:\/\/out\/results\/[0-9a-f-]{36}\.out$/;
    expect(at().output).toMatch(name);
    expect(at().output).not.toBe(at().output);
    expect(at().failure).toMatch(/-error\.out$/);
  });

  it('has no failure location where the endpoint has no failure path', () => {
    const request = { pathExtension: undefined, filename: 'tile' };
    expect(outcomeLocations({ outputPath: 's3://out' }, request)).toEqual({
      output: 's3://out/tile',
      failure: undefined,
    });
  });
});
