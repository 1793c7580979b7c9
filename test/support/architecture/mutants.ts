import type { Mutant } from '../../mutants/mutants.ts';
import type { Source } from './parseSource.ts';

/** Lists mutants whose text does not stand in their file exactly once: they would break nothing, or something else. */
export function misplacedMutants(sources: readonly Source[], mutants: readonly Mutant[]): string[] {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  return mutants.flatMap(({ breaks, file, find }) => {
    const times = (texts.get(file)?.split(find).length ?? 1) - 1;
    return times === 1 ? [] : [`${file} has the place of the mutant "${breaks}" ${times} times`];
  });
}
