import type { FailedTile, NackVerdict } from './nackPolicy.ts';

/** The library's default policy: the first failed tile ends the source with its reason; what is finished is committed. */
export function halt({ reason }: FailedTile<unknown>): Promise<NackVerdict> {
  return Promise.reject(reason);
}
