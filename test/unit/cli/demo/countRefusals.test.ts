import { expect, it } from 'vitest';
import { countRefusals } from '../../../../src/cli/demo/countRefusals.ts';
import { readSpans } from '../../../../src/cli/report/readSpans.ts';
import { sampleSpans } from '../../../support/report/sampleSpans.ts';

const refused = (code: string) => {
  const [span] = readSpans(sampleSpans(1)[0] ?? '');
  if (span === undefined) throw new Error('the sample has spans');
  return { ...span, attributes: { 'swath.outcome': 'dead_lettered', 'error.type': code } };
};

it('counts refused tiles by the code of the error, and no others', () => {
  const spans = [...sampleSpans(3).flatMap(readSpans), refused('A'), refused('B'), refused('A')];
  expect(countRefusals(spans)).toEqual({ A: 2, B: 1 });
});
