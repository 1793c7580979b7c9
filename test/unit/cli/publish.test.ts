import { describe, expect, it } from 'vitest';
import { openTarget } from '../../../src/cli/publish/openTarget.ts';
import { pacer } from '../../../src/cli/publish/pacer.ts';
import { readAddress } from '../../../src/cli/publish/readAddress.ts';

const open = (to: string) => openTarget(readAddress(to, '--to'));

describe('a target', () => {
  it('is a topic or a stream', async () => {
    const kafka = open('kafka://127.0.0.1:9092,[::1]:9093/tiles.new');
    expect([kafka.system, kafka.stream]).toEqual(['kafka', 'tiles.new']);
    const kinesis = open('kinesis://tiles');
    expect([kinesis.system, kinesis.stream]).toEqual(['aws_kinesis', 'tiles']);
    await Promise.all([kafka.close(), kinesis.close()]);
  });

  it.each([
    ['tiles', /^--to: must be kafka:\/\/HOST:PORT\/TOPIC .* or kinesis:\/\/STREAM, got "tiles"$/],
    ['kafka://host:9092', /^--to: must be/],
    ['kafka://host:9092/', /^--to: must be/],
    ['kafka://user:pass@host:9092/tiles', /^--to: must be/],
    ['kafka://host/tiles', /^--to: brokers\.0: must be host:port/],
    ['kafka://host:9092/a b', /^--to: topic: must be 1 to 249 letters/],
    ['kinesis://a/b', /^--to: must be/],
    ['kinesis://a b', /^--to: stream: must be 1 to 128 letters/],
  ])('that is none is refused: %s', (text, message) => expect(() => open(text)).toThrow(message));
});

describe('a pace', () => {
  const walk = async (perSecond: number | undefined, busyMs: readonly number[]): Promise<number[]> => {
    let nowMs = 0;
    const sleep = async (ms: number): Promise<void> => {
      nowMs += ms;
    };
    const turn = pacer(perSecond, { now: () => nowMs, sleep });
    const turns: number[] = [];
    for (const ms of busyMs) {
      await turn();
      turns.push(nowMs);
      nowMs += ms;
    }
    return turns;
  };

  it('is even, whatever the work takes', async () => {
    expect(await walk(10, [0, 30, 90, 0])).toEqual([0, 100, 200, 300]);
  });

  it('makes up for one turn after a pause, not for all', async () => {
    expect(await walk(10, [0, 1000, 0, 0, 0])).toEqual([0, 100, 1100, 1100, 1200]);
  });

  it('is no pace where none is given', async () => {
    expect(await walk(undefined, [0, 0, 0])).toEqual([0, 0, 0]);
  });
});
