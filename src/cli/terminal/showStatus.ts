import cliProgress from 'cli-progress';
import { isInteractive } from './isInteractive.ts';

/** What a status shows. */
export interface StatusOptions {
  readonly stream: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** The line as it is now; asked again and again. */
  readonly text: () => string;
  /** How much is done of how much; without it there is no bar, as nobody knows the end. */
  readonly share?: (() => { readonly done: number; readonly total: number }) | undefined;
  /** Time between two lines where nobody watches, in milliseconds; default 10,000. */
  readonly lineEveryMs?: number | undefined;
}

/** A status that is shown while something runs. */
export interface Status extends Disposable {
  /** Writes a line that stays. */
  say(line: string): void;
  /** Takes the status away. Idempotent. */
  end(): void;
}

const redrawEveryMs = 100;

/** Shows how something goes: where a person watches as a line that is drawn anew, else as a plain line now and then. */
export function showStatus(options: StatusOptions): Status {
  return isInteractive(options.stream, options.env) ? drawn(options) : written(options);
}

function written({ stream, text, lineEveryMs = 10_000 }: StatusOptions): Status {
  const say = (line: string): void => void stream.write(`${line}\n`);
  const timer = setInterval(() => say(text()), lineEveryMs).unref();
  const end = (): void => clearInterval(timer);
  return { say, end, [Symbol.dispose]: end };
}

function drawn({ stream, text, share }: StatusOptions): Status {
  const format = share === undefined ? '{text}' : '{bar} {percentage}% {text}';
  const bar = new cliProgress.SingleBar(
    { stream, format, hideCursor: true, clearOnComplete: true, fps: 1000 / redrawEveryMs, gracefulExit: false },
    cliProgress.Presets.shades_classic,
  );
  const draw = (): void => {
    const { done, total } = share?.() ?? { done: 0, total: 1 };
    bar.setTotal(total);
    bar.update(done, { text: text() });
  };
  let shown = true;
  const start = (): void => bar.start(share?.().total ?? 1, 0, { text: text() });
  const timer = setInterval(draw, redrawEveryMs).unref();
  start();
  const end = (): void => {
    clearInterval(timer);
    process.off('exit', end);
    if (shown) bar.stop();
    shown = false;
  };
  process.once('exit', end); // a second Ctrl-C ends the process at once, but must not leave the terminal without its cursor
  const say = (line: string): void => {
    if (shown) bar.stop();
    stream.write(`${line}\n`);
    if (shown) start();
  };
  return { say, end, [Symbol.dispose]: end };
}
