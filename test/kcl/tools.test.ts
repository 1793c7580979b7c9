import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { prepareJava } from '../support/kcl/prepareJava.ts';

it('names everything that is missing on a machine', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'swath-kcl-'));
  const program = { name: 'kcl-2.7.2', pom: 'pom.xml', main: 'KclApp' };
  await expect(prepareJava(program, { PATH: '/nowhere', XDG_CACHE_HOME: cache })).rejects.toThrow(
    /needs Java 17 or newer \(java could not be run\) and a Java compiler \(javac could not be run\) and Maven/,
  );
  await rm(cache, { recursive: true });
});
