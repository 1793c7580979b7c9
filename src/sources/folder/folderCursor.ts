import type { Commit, StoredProgress } from '../../ports/recordReader.ts';
import { digestOf, type FolderProgress } from './folderProgress.ts';

/** Where the reading of one folder stands. Slots count the files behind what was finished before. */
export class FolderCursor {
  readonly folder: string;
  readonly progress: StoredProgress | undefined;
  paused = false;
  readonly #names: string[];
  readonly #after: string | null;
  #next = 0;

  constructor(folder: string, names: readonly string[], stored: FolderProgress | undefined) {
    this.folder = folder;
    this.#after = stored?.after ?? null;
    this.#names = names.filter((name) => this.#after === null || name > this.#after);
    if (stored === undefined) return;
    const same = digestOf(this.#names.slice(0, stored.names)) === stored.digest;
    this.progress = { nextSlot: 0, map: same ? stored.map : '' };
  }

  get hasMore(): boolean {
    return this.#next < this.#names.length;
  }

  /** Takes the next name and its slot. */
  take(): { readonly name: string; readonly slot: number } | undefined {
    const slot = this.#next;
    const name = this.#names[slot];
    if (name === undefined) return undefined;
    this.#next += 1;
    return { name, slot };
  }

  /** Drops the name taken last: its file is gone, so that its slot goes to the next. */
  dropLast(): void {
    this.#next -= 1;
    this.#names.splice(this.#next, 1);
  }

  /** Adds names that are new; answers those that come too late, because they sort before one that was there. */
  add(names: readonly string[]): string[] {
    const known = new Set(this.#names);
    const last = this.#names.at(-1) ?? this.#after;
    const fresh = names.filter((name) => !known.has(name) && (this.#after === null || name > this.#after));
    this.#names.push(...fresh.filter((name) => last === null || name > last));
    return fresh.filter((name) => last !== null && name < last);
  }

  /** What a commit means in names. */
  progressAt({ nextSlot, position, map }: Commit): FolderProgress {
    const named = this.#names.slice(nextSlot, this.#next);
    return { after: position ?? this.#after, map, names: named.length, digest: digestOf(named) };
  }
}
