import { describe, expect, it } from 'vitest';
import { loadOpenCv } from '../../../model/loadOpenCv.ts';
import { matScope } from '../../../model/matScope.ts';

const cv = await loadOpenCv();

describe('matScope', () => {
  it('frees what was kept, the last first', () => {
    const freed: string[] = [];
    const mat = (name: string) => ({ delete: () => void freed.push(name) });
    const answer = matScope(cv, (keep) => {
      keep(mat('a'));
      keep(mat('b'));
      return 42;
    });
    expect([answer, freed]).toEqual([42, ['b', 'a']]);
  });

  it('frees it when the work fails, too', () => {
    const kept = new cv.Mat(2, 2, cv.CV_8UC1);
    const work = () =>
      matScope(cv, (keep) => {
        keep(kept);
        throw new Error('no');
      });
    expect(work).toThrow('no');
    expect(kept.isDeleted()).toBe(true);
  });

  it('says what OpenCV says', () => {
    const work = () =>
      matScope(cv, (keep) => {
        const empty = keep(new cv.Mat());
        cv.cvtColor(empty, empty, cv.COLOR_RGB2GRAY);
      });
    expect(work).toThrow(/^OpenCV: .*cvtColor/s);
  });
});
