/** Brokers that have not all heard of a change: for a while every second answer about a topic is as old as when this began. */
export interface Lag {
  /** Old answers that were given. */
  readonly told: number;
  end(): void;
}

const correlationAt = 4; // in an answer; in a request it follows kind and version

/** What a proxy needs to play {@link Lag}: it shows this each question for metadata, and each answer. */
export class MetadataLag {
  /** The newest answers, by their questions. */
  readonly #answers = new Map<string, Buffer>();
  #topic: string | undefined;
  #old: ReadonlyMap<string, Buffer> = new Map();
  #asked = 0;
  #told = 0;

  begin(topic: string): Lag {
    this.#topic = topic;
    this.#old = new Map(this.#answers);
    this.#told = 0;
    const told = (): number => this.#told;
    return {
      get told() {
        return told();
      },
      end: () => {
        this.#topic = undefined;
      },
    };
  }

  /** The answer to hand on in place of the broker's. */
  answerTo(question: Buffer, answer: Buffer): Buffer {
    const key = keyOf(question);
    this.#answers.set(key, Buffer.from(answer));
    const old = this.#old.get(key);
    if (this.#topic === undefined || old === undefined || !question.includes(this.#topic)) return answer;
    this.#asked += 1;
    if (this.#asked % 2 === 0) return answer;
    this.#told += 1;
    const stale = Buffer.from(old);
    answer.copy(stale, correlationAt, correlationAt, correlationAt + 4);
    return stale;
  }
}

/** All of a request but its number. */
function keyOf(question: Buffer): string {
  return question.toString('latin1', 4, 8) + question.toString('latin1', 12);
}
