import type { ConfigurationProblem } from '../errors/configurationError.ts';
import { nearestName } from './nearestName.ts';

/** Says that an option does not exist, and which one was probably meant. */
export function unknownOption(field: string, name: string, known: readonly string[]): ConfigurationProblem {
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined
      ? known.length === 0
        ? ''
        : `; known here: ${known.join(', ')}`
      : `; did you mean ${nearest}?`;
  return { field, rule: `is unknown${hint}` };
}
