const fencingCodes = /\bUnknown error code 90\b/; // PRODUCER_FENCED, which the client does not know by name

/**
 * Says whether a newer producer of the same transactional id counts, or the brokers gave the transaction up: whoever is told so has no
 * part in the partition any more. The client wraps errors once per layer of retries.
 */
export function isFenced(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('type' in at && (at.type === 'INVALID_PRODUCER_EPOCH' || at.type === 'PRODUCER_FENCED')) return true;
    if (fencingCodes.test(at.message)) return true;
  }
  return false;
}
