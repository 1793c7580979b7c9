import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnOutcomePath, outcomeUri } from '../../../src/aws/outcomePath.ts';
import { outputName } from '../../../src/aws/outputName.ts';

const anyName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
  fc.stringMatching(/^[a-zA-Z0-9/_.-]{1,80}$/),
);

describe('outputName', () => {
  it.each([
    ['detect/0f/tile-1.out', { extension: 'detect/0f', filename: 'tile-1.out' }],
    ['tile', { extension: undefined, filename: 'tile' }],
  ])('keeps %s', (job, name) => expect(outputName(job)).toEqual(name));

  it('hashes a last part that SageMaker does not take', () => {
    const long = 'detect/tiles-0-49653291823901283901283901283';
    expect(outputName(long).extension).toBe(long);
    expect(outputName(long).filename).toMatch(/^[0-9a-f]{32}$/);
  });

  it('always keeps to the limits of the service', () => {
    fc.assert(
      fc.property(anyName, (job) => {
        const { extension, filename } = outputName(job);
        expect(filename).toMatch(/^(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,31}$/);
        if (extension !== undefined) expect(extension).toMatch(/^(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]{1,512}$/);
      }),
    );
  });

  it('never gives two jobs one name', () => {
    const differ = (a: string, b: string): boolean => JSON.stringify(outputName(a)) !== JSON.stringify(outputName(b));
    fc.assert(fc.property(anyName, anyName, (a, b) => a === b || differ(a, b)));
    expect(differ('a/b', 'a//b')).toBe(true);
    expect(differ('/a', 'a')).toBe(true);
  });
});

describe('learnOutcomePath', () => {
  const path = (before: string, within: string, after: string) => ({ before, within, after });

  it.each([
    ['s3://out/x/detect/1.out', 'detect/1.out', path('s3://out/x/', '', '')],
    ['s3://out/x/detect/1-error.out', 'detect/1.out', path('s3://out/x/', '-error', '')],
    ['s3://out/x/detect/1.out.json', 'detect/1.out', path('s3://out/x/', '', '.json')],
    ['s3://out/1', '1', path('s3://out/', '', '')],
  ])('reads the rule out of %s', (uri, job, rule) => expect(learnOutcomePath(uri, outputName(job))).toEqual(rule));

  it('finds every other job by the rule it learnt', () => {
    const job = fc.stringMatching(/^[a-z]{1,8}\/[a-z0-9]{1,20}\.out$/);
    fc.assert(
      fc.property(job, job, (first, second) => {
        const uri = (name: string): string => `s3://bucket/failures/${name.replace('.out', '-error.out')}`;
        const rule = learnOutcomePath(uri(first), outputName(first));
        expect(rule && outcomeUri(rule, outputName(second))).toBe(uri(second));
      }),
    );
  });

  it('learns nothing where the endpoint chose a name of its own', () => {
    expect(learnOutcomePath('s3://out/5f2a.out', outputName('detect/1.out'))).toBeUndefined();
  });
});
