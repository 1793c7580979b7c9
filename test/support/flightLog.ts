import type { Envelope } from '../../src/tile/envelope.ts';
import type { Tile } from '../../src/tile/tile.ts';

/** What was in flight at a moment. */
interface Flight {
  readonly count: number;
  readonly bytes: number;
}

/** Acknowledges tiles after a random while, and keeps what is in flight after every delivery and settlement. */
export class FlightLog {
  readonly #random: () => number;
  readonly #events: Flight[] = [];
  #now: Flight = { count: 0, bytes: 0 };
  /** Tiles acknowledged so far. */
  finished = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Takes a delivered tile. */
  deliver(envelope: Envelope<Tile>): void {
    const { payload } = envelope.tile;
    const bytes = 'bytes' in payload ? payload.bytes.length : 0;
    this.#change(1, bytes);
    setTimeout(() => {
      this.#change(-1, -bytes);
      envelope.ack();
      this.finished += 1;
    }, this.#random() * 20);
  }

  /** The most that were in flight at any moment. */
  get most(): Flight {
    const most = (of: (event: Flight) => number): number => Math.max(...this.#events.map(of));
    return { count: most(({ count }) => count), bytes: most(({ bytes }) => bytes) };
  }

  #change(count: number, bytes: number): void {
    this.#now = { count: this.#now.count + count, bytes: this.#now.bytes + bytes };
    this.#events.push(this.#now);
  }
}
