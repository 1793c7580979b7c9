import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors/serviceError.ts';
import { freePort } from '../../../src/local/freePort.ts';
import { httpCall } from '../../../src/local/httpCall.ts';
import type { ModelDeath } from '../../../src/local/modelProcess.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { startModelProcess } from '../../../src/local/startModelProcess.ts';
import { localClients } from './localClients.ts';

const script = join(import.meta.dirname, 'fixtures/container.ts');

describe('startModelProcess', () => {
  const folders: string[] = [];
  const modelDir = (config: object = {}): string => {
    const folder = mkdtempSync(join(tmpdir(), 'swath-model-'));
    folders.push(folder);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    return folder;
  };
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  it('hands over a container that answers /ping, and ends it with SIGTERM', async () => {
    const lines: string[] = [];
    const model = await startModelProcess({ script, modelDir: modelDir(), log: (line) => lines.push(line) });
    const answer = await httpCall(`${model.url}/invocations`, { method: 'POST', body: 'a tile' });
    expect(answer.bytes.toString()).toBe('a tile');
    const serving = `serving as ${model.pid}`;
    expect(await model.stop()).toEqual({ code: 0, signal: null });
    expect(await model.stop()).toEqual({ code: 0, signal: null });
    expect(lines).toEqual([serving, 'asked to stop']);
    expect(model.pid).toBeUndefined();
  });

  it('runs the model that comes with swath', async () => {
    const artefact = join(import.meta.dirname, '../../../model/artefact/rooms');
    await using model = await startModelProcess({ modelDir: artefact });
    const request = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'not a picture' };
    const answer = await httpCall(`${model.url}/invocations`, request);
    expect(answer.bytes.toString()).toContain('Unsupported content type: text/plain');
    expect(await model.stop()).toEqual({ code: 0, signal: null });
  });

  it('kills a container that does not end in time', async () => {
    const model = await startModelProcess({ script, modelDir: modelDir({ ignoreSigterm: true }), stopGraceMs: 50 });
    expect(await model.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('says how a container ended that never served, with its last words', async () => {
    const started = startModelProcess({ script, modelDir: modelDir({ dieAtStart: true }) });
    await expect(started).rejects.toThrow('the model container ended with status 3: config.json names no detector');
    await expect(started).rejects.toBeInstanceOf(ServiceError);
  });

  it('takes another port when the free one it had found is taken before the container listens', async () => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    await using model = await startModelProcess({ script, modelDir: modelDir({ portTakenOnce: true }), log });
    expect((await httpCall(`${model.url}/ping`)).status).toBe(200);
    expect(lines).toEqual([expect.stringContaining('EADDRINUSE'), expect.stringMatching(/^serving as /)]);
  });

  it('keeps to the port that it is told, and says when that is taken', async () => {
    const port = await freePort('127.0.0.1');
    const started = startModelProcess({ script, port, modelDir: modelDir({ portTakenOnce: true }) });
    await expect(started).rejects.toThrow(`address already in use 127.0.0.1:${port}`);
  });

  it('gives up on a container that does not get ready', async () => {
    const started = startModelProcess({ script, modelDir: modelDir({ neverReady: true }), readyTimeoutMs: 500 });
    await expect(started).rejects.toThrow('the model container did not answer /ping within 500 ms');
  });

  it('starts a dead container again at the same place, and the endpoint goes on', async () => {
    await using model = await startModelProcess({ script, modelDir: modelDir() });
    await using services = await startLocalServices({
      services: ['s3', 'sagemaker'],
      buckets: ['out-bucket'],
      endpoints: [
        { name: 'detector', model: model.url, outputPath: 's3://out-bucket', failurePath: 's3://out-bucket' },
      ],
    });
    using clients = localClients(services);
    const invoke = async (Filename: string) => {
      const input = { EndpointName: 'detector', Body: Buffer.from('a tile'), Filename };
      await clients.runtime.send(new InvokeEndpointAsyncCommand(input));
      await services.sagemaker.idle();
    };
    const read = async (Key: string) => {
      const object = await clients.s3.send(new GetObjectCommand({ Bucket: 'out-bucket', Key }));
      return object.Body?.transformToString();
    };
    await invoke('before');
    const first = model.pid;
    await expect(httpCall(`${model.url}/die`)).rejects.toThrow();
    await invoke('during');
    await invoke('after');
    expect([await read('before'), await read('after')]).toEqual(['a tile', 'a tile']);
    expect(await read('during-error')).toContain('Received no valid answer from model');
    expect(model.restarts).toBe(1);
    expect(model.pid).not.toBe(first);
  });

  it('tells each death with its reason, and gives a container up that does not come back', async () => {
    const folder = modelDir();
    const deaths: ModelDeath[] = [];
    await using model = await startModelProcess({ script, modelDir: folder, died: (death) => deaths.push(death) });
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ dieAtStart: true }));
    await expect(httpCall(`${model.url}/die`)).rejects.toThrow();
    if (!model.givenUp.aborted) await once(model.givenUp, 'abort');
    expect(deaths.map(({ code, signal, inRow, restartAfterMs }) => [code ?? signal, inRow, restartAfterMs])).toEqual([
      ['SIGKILL', 1, 100],
      [3, 2, 200],
      [3, 3, 400],
      [3, 4, 800],
      [3, 5, undefined],
    ]);
    expect(model.givenUp.reason).toBeInstanceOf(ServiceError);
    expect(model.givenUp.reason.message).toBe(
      'the model container ended 5 times in a row, the last time with status 3: config.json names no detector',
    );
    expect(model.pid).toBeUndefined();
  });

  it('leaves no container behind when its parent is killed', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/parent.ts'), script, modelDir()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    const container = Number(pid.toString());
    expect(isRunning(container)).toBe(true);
    parent.kill('SIGKILL');
    while (isRunning(container)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isRunning(container)).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
