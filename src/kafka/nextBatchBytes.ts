import { kafkaFault } from './kafkaFault.ts';

/** Limit for the batches after one that was refused: half of it, where the topic takes less than was thought, not one large record. */
export function nextBatchBytes(limit: number, refused: readonly { readonly bytes: number }[], error: unknown): number {
  const largest = refused.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const bytes = refused.reduce((sum, own) => sum + own.bytes, 0);
  const shrinks = kafkaFault(error).kind === 'tooLarge' && largest * 2 < bytes;
  return shrinks ? Math.min(limit, Math.ceil(bytes / 2)) : limit;
}
