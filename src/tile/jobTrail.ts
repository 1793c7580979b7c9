/** Jobs of a tile that a map tells apart; of one beyond these nothing is told, and it is looked for once. */
export const maxToldJobs = 8;

/** Where a {@link JobTrail} leaves what it learns. */
export interface JobNotes {
  /** The tile's job of this number was accepted; `undefined`: none is known to run. */
  runs(job: number | undefined): void;
  /** The outcome of the tile's job of this number was seen. */
  ended(job: number): void;
}

/** Notes of a tile that nobody is told of. */
const noNotes: JobNotes = { runs: () => undefined, ended: () => undefined };

/**
 * The way of one delivered tile through its inference stages, which number its jobs: 0 is that of the first stage.
 *
 * Whoever gets the record after a crash is told the number of the job that runs. The stages before it find their outputs; the
 * one whose job it is waits; those behind begin anew.
 */
export class JobTrail {
  readonly #notes: JobNotes;
  #told: number | undefined;
  #passed: number;

  /**
   * @param told - Number of the job that was accepted before this delivery, and whose outcome nobody saw.
   * @param passed - Inference stages that lie behind the tile already.
   */
  constructor(notes: JobNotes = noNotes, told?: number, passed = 0) {
    this.#notes = notes;
    this.#told = told;
    this.#passed = passed;
  }

  /** Inference stages that lie behind the tile; the number of its next job. */
  get passed(): number {
    return this.#passed;
  }

  /** Number of the job accepted before this delivery that is still to be waited for, here or at a later stage. */
  get told(): number | undefined {
    return this.#told === undefined || this.#told < this.#passed ? undefined : this.#told;
  }

  /**
   * True when the job of the stage that the tile has come to was accepted before this delivery, perhaps for an earlier process,
   * and nobody saw its outcome: wait for that job rather than pay for another.
   */
  get runs(): boolean {
    return this.#told === this.#passed;
  }

  /** The endpoint accepted the job of this stage; the next commit tells it. What was told of a later stage's is void. */
  started(): void {
    this.note(this.#passed);
  }

  /** The outcome of the job can no longer come, and nobody saw it. */
  lost(): void {
    this.note(undefined);
  }

  /** The outcome was seen, by whom says so once: what comes now is another stage's job. */
  ended(): void {
    this.#notes.ended(this.#passed);
    this.#passed += 1;
  }

  /** Notes the job that all parts of the tile have had accepted; called by who splits it. */
  note(job: number | undefined): void {
    this.#told = undefined;
    this.#notes.runs(job);
  }
}
