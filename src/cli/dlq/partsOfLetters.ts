import type { DeadLetter } from '../../records/deadLetter.ts';
import { originPath } from '../../records/originName.ts';

/** A dead letter with the positions of all of its parts. */
export interface WholeLetter {
  readonly letter: DeadLetter;
  readonly positions: readonly string[];
}

/** Puts dead letters together that travel in several parts. */
export class PartsOfLetters {
  readonly #waiting = new Map<string, Map<number, { readonly letter: DeadLetter; readonly position: string }>>();

  /** Letters of which parts are missing so far. */
  get incomplete(): number {
    return this.#waiting.size;
  }

  /** Takes a letter, or a part of one; answers the letter once it is whole. A part that was written twice counts once. */
  add(letter: DeadLetter, position: string): WholeLetter | undefined {
    const { part, ...whole } = letter;
    if (part === undefined) return { letter, positions: [position] };
    const name = `${originPath(letter.origin)} ${letter.timeMs} ${part.count}`;
    const parts = this.#waiting.get(name) ?? new Map();
    this.#waiting.set(name, parts.set(part.number, { letter, position }));
    if (parts.size < part.count) return undefined;
    this.#waiting.delete(name);
    const sorted = [...parts].toSorted(([a], [b]) => a - b).map(([, own]) => own);
    const value = Buffer.concat(sorted.map((own) => own.letter.original.value ?? new Uint8Array()));
    return {
      letter: { ...whole, original: { ...letter.original, value } },
      positions: sorted.map((own) => own.position),
    };
  }
}
