import { ConfigurationError, type ConfigurationProblem } from '../../errors/configurationError.ts';
import { originPath } from '../../records/originName.ts';
import type { FoundLetter } from './foundLetter.ts';

type Test = (found: FoundLetter, wanted: string) => boolean;

const tests: Readonly<Record<string, Test>> = {
  code: ({ letter }, wanted) => letter.code === wanted,
  stage: ({ letter }, wanted) => letter.stage === wanted,
  // A stream, a partition of it, or one record.
  origin: ({ letter }, wanted) => `${originPath(letter.origin)}/`.startsWith(`${wanted}/`),
  id: ({ id }, wanted) => id === wanted,
};
const known = Object.keys(tests).join(', ');

/**
 * Makes a filter of dead letters of `key=value` pairs. Pairs of different keys must all hold; of those of one key, one must.
 *
 * @throws ConfigurationError when a key is unknown, or a pair is none.
 */
export function readWhere(pairs: readonly string[] = []): (found: FoundLetter) => boolean {
  const problems: ConfigurationProblem[] = [];
  const wanted = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const key = at < 0 ? pair : pair.slice(0, at);
    const value = at < 0 ? '' : pair.slice(at + 1);
    if (!Object.hasOwn(tests, key)) problems.push({ field: '--where', rule: `knows only ${known}`, value: pair });
    else if (value === '') problems.push({ field: '--where', rule: 'must be key=value', value: pair });
    else wanted.set(key, [...(wanted.get(key) ?? []), value]);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return (found) => [...wanted].every(([key, values]) => values.some((value) => tests[key]?.(found, value) === true));
}
