import type { WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import type { DemoProgress } from './demoProgress.ts';

/** Lines say how far it is each time another quarter of the tiles is settled. */
const quarters = 4;

/** Shows progress as a bar where people watch, and as plain lines where they do not: no terminal, `CI` or `NO_COLOR` set. */
export function showProgress(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): DemoProgress {
  const isWatched = (stream as Partial<WriteStream>).isTTY === true && !env['CI'] && !env['NO_COLOR'];
  const line = (text: string): void => void stream.write(`${text}\n`);
  return isWatched ? withBar(stream, line) : withLines(line);
}

function withLines(line: (text: string) => void): DemoProgress {
  let shown = 0;
  return {
    step: line,
    tell: line,
    tiles: (settled, count) => {
      const quarter = Math.floor((quarters * settled) / count);
      if (quarter > shown) line(`${settled} of ${count} tiles`);
      shown = quarter;
    },
    end: () => {},
  };
}

function withBar(stream: NodeJS.WriteStream, line: (text: string) => void): DemoProgress {
  let bar: cliProgress.SingleBar | undefined;
  const end = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const say = (text: string): void => {
    end();
    line(text);
  };
  return {
    step: say,
    tell: say,
    tiles: (settled, count) => {
      if (bar === undefined) {
        const format = '{bar} {value} of {total} tiles, {duration_formatted}';
        bar = new cliProgress.SingleBar({ stream, format, hideCursor: true }, cliProgress.Presets.shades_classic);
        bar.start(count, settled);
      }
      bar.update(settled);
    },
    end,
  };
}
