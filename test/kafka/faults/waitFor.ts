import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until something holds, and answers it. @throws After `limitMs`, with what was waited for. */
export async function waitFor<T>(what: string, ask: () => T | Promise<T>, limitMs = 60_000): Promise<NonNullable<T>> {
  const startMs = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() - startMs > limitMs) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await sleep(20);
  }
}
