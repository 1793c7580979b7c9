import { collectGarbage } from './measure.ts';

/** What this process holds after its garbage is collected, in bytes. */
export function usedBytes(): { readonly rss: number; readonly heapUsed: number } {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}
