import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../support/kafka/freePorts.ts';
import { isFreePort } from '../support/kafka/isFreePort.ts';
import { plainKafka } from '../support/kafka/plainKafka.ts';
import { recipe } from '../support/kafka/recipe.ts';

const main = join(import.meta.dirname, '../support/kafka/main.ts');

/** Waits until something holds; the test's own limit ends it otherwise. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await sleep(50);
};

describe('npm run kafka', () => {
  let temporary = ''; // the command's own temporary folder, so that we see what it leaves behind
  let port = 0;
  let command: ChildProcess;
  beforeEach(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'swath-command-'));
    [port = 0] = await freePorts(1);
    const env = { ...process.env, TMPDIR: temporary };
    command = spawn(process.execPath, [main, '--port', String(port)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  });
  afterEach(() => {
    command.kill('SIGKILL');
    rmSync(temporary, { recursive: true, force: true });
  });

  it('says where Kafka is, has the topics of the shipped pipelines, and ends with Ctrl-C', async () => {
    const [address] = await once(command.stdout as NodeJS.ReadableStream, 'data');
    expect(String(address)).toBe(`127.0.0.1:${port}\n`);
    const admin = plainKafka([`127.0.0.1:${port}`]).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata();
    await admin.disconnect();
    const made = topics.map(({ name, partitions }) => [name, partitions.length]);
    expect(Object.fromEntries(made)).toEqual(recipe.playground.topics);

    command.kill('SIGINT');
    expect(await once(command, 'exit')).toEqual([0, null]);
    expect(readdirSync(temporary)).toEqual([]);
    expect(await isFreePort(port)).toBe(true);
  });

  it('leaves nothing behind even when it is killed', async () => {
    await once(command.stdout as NodeJS.ReadableStream, 'data');
    command.kill('SIGKILL');
    await until(() => readdirSync(temporary).length === 0);
    await until(() => isFreePort(port));
    expect(readdirSync(temporary)).toEqual([]);
  });
});
