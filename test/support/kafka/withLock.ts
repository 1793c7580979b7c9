import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const renamed = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    () => false,
  );

const ownerOf = (lock: string): Promise<number | undefined> =>
  readFile(join(lock, 'pid'), 'utf8').then(Number, () => undefined);

/** Removes a lock folder in one step: a rename is atomic, deleting its content is not. */
const bury = async (lock: string, owner: number): Promise<void> => {
  const grave = `${lock}.old-${randomUUID()}`;
  if (!(await renamed(lock, grave))) return;
  const buried = await ownerOf(grave);
  // Somebody else was faster and holds the lock by now: give it back.
  if (buried !== owner) await renamed(grave, lock);
  await rm(grave, { recursive: true, force: true });
};

/** Runs `work` while no other process runs one under the same `lock` folder; the lock of a process that died is broken. */
export async function withLock<R>(lock: string, work: () => Promise<R>, signal?: AbortSignal): Promise<R> {
  await mkdir(dirname(lock), { recursive: true });
  // Prepared aside and renamed into place, so that a lock is never seen without its owner.
  const mine = `${lock}.new-${randomUUID()}`;
  await mkdir(mine);
  try {
    await writeFile(join(mine, 'pid'), String(process.pid));
    while (!(await renamed(mine, lock))) {
      signal?.throwIfAborted();
      const owner = await ownerOf(lock);
      if (owner !== undefined && !isAlive(owner)) await bury(lock, owner);
      else await sleep(100);
    }
  } finally {
    await rm(mine, { recursive: true, force: true });
  }
  try {
    return await work();
  } finally {
    await bury(lock, process.pid);
  }
}
