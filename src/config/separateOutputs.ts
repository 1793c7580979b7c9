import type { z } from 'zod';

/** Name of the option that says where a section reads or writes. */
export type PlaceOption = 'topic' | 'stream' | 'path';

/**
 * Makes a rule for a pipeline's schema: what it writes must lie elsewhere than what it reads, else it would go on for ever; and
 * dead letters elsewhere than results, which have another form.
 *
 * @param option - What names the place, in the sections `source`, `deadLetter` and those of `outputs`.
 * @param outputs - Sections of results; default `sink` alone.
 * @example
 * z.strictObject({ source: …, sink: …, deadLetter: … }).superRefine(separateOutputs('topic'))
 */
export function separateOutputs(option: PlaceOption, outputs: readonly string[] = ['sink']) {
  return (config: Readonly<Record<string, unknown>>, ctx: z.RefinementCtx): void => {
    const placeOf = (section: string): unknown => (config[section] as Record<string, unknown> | undefined)?.[option];
    const demand = (section: string, other: string, why: string): void => {
      const value = placeOf(section);
      if (value === undefined || value !== placeOf(other)) return;
      const message = `must be another than ${other}.${option}: ${why}`;
      ctx.addIssue({ code: 'custom', path: [section, option], message, input: value });
    };
    for (const output of outputs) demand(output, 'source', 'the pipeline would read what it writes, for ever');
    demand('deadLetter', 'source', 'what is refused would come again, for ever');
    for (const output of outputs) demand('deadLetter', output, 'dead letters have another form than results');
  };
}
