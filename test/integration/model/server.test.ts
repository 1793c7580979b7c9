import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawing, night, square, toPng } from '../../unit/model/drawings.ts';
import { call } from './call.ts';

const script = new URL('../../../model/server.ts', import.meta.url).pathname;

describe('node model/server.ts', () => {
  let folder = '';
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swath-model-'));
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const start = (args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess => {
    const { OTEL_EXPORTER_OTLP_ENDPOINT: _, SM_MODEL_DIR: __, ...rest } = process.env;
    child = spawn(process.execPath, [script, ...args], { env: { ...rest, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    return child;
  };
  const listening = async (from: ChildProcess): Promise<string> => {
    if (from.stderr === null) throw new Error('its stderr is piped');
    for await (const line of createInterface({ input: from.stderr })) {
      const event: { event?: string; url?: string } = JSON.parse(line);
      if (event.event === 'listening' && event.url !== undefined) return event.url;
    }
    throw new Error('it ended before it listened');
  };
  const ended = async (what: ChildProcess): Promise<{ code: number; text: string }> => {
    let text = '';
    what.stderr?.on('data', (data: Buffer) => {
      text += data.toString();
    });
    const [code] = await once(what, 'close');
    return { code, text };
  };

  it('is started as SageMaker starts it, with serve, and listens on SAGEMAKER_BIND_TO_PORT and loopback', async () => {
    writeFileSync(join(folder, 'config.json'), '{"detector":"lights","min_area":1}');
    const url = await listening(start(['serve'], { SAGEMAKER_BIND_TO_PORT: '0', SM_MODEL_DIR: folder }));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const body = await toPng(night(30, 30, [[9, 9, 200]]));
    expect(await call(`${url}/invocations`, { type: 'image/png', body })).toMatchObject({
      status: 200,
      json: { light_count: 1 },
    });
  });

  it('finishes what runs when told to stop, sends its spans, and ends with 0', async () => {
    const exports: string[] = [];
    const collector = createServer((request, response) => {
      let text = '';
      request.on('data', (data: Buffer) => {
        text += data.toString();
      });
      request.on('end', () => {
        exports.push(`${request.url} ${text}`);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const model = start(['--port', '0'], { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    const url = await listening(model);
    const headers = {
      'x-amzn-sagemaker-custom-attributes': 'traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    };
    const body = await toPng(await drawing(square));
    const running = Promise.all(
      Array.from({ length: 6 }, () => call(`${url}/invocations`, { type: 'image/png', body, headers })),
    );
    await call(`${url}/ping`);
    model.kill('SIGTERM');
    const [code] = await once(model, 'exit');
    collector.close();
    expect((await running).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(code).toBe(0);
    const sent = exports.join('\n');
    expect(sent).toMatch(/^\/v1\/traces \{/);
    expect(sent).toContain('"swath-model"');
    expect(sent.match(/"traceId":"0af7651916cd43dd8448eb211c80319c"/g)).toHaveLength(6);
  });

  it.each([
    [['--prot', '8080'], /^Unknown option '--prot'/],
    [['--port', 'http'], /^--port: must be a whole number from 0, got http\n$/],
    [['--workers', '0'], /^--workers: must be a whole number from 1, got 0\n$/],
    [['--model-dir', '/none/such'], /^\/none\/such: must be a folder, there is none\n$/],
  ])('says what is wrong with %j, without a stack trace, and ends with 2', async (args, message) => {
    const { code, text } = await ended(start(args));
    expect([code, text]).toEqual([2, expect.stringMatching(message)]);
    expect(text).not.toContain('    at ');
  });

  it('says what is wrong with a config.json', async () => {
    writeFileSync(join(folder, 'config.json'), '{"min_area":"big"}');
    const { code, text } = await ended(start(['--model-dir', folder]));
    expect([code, text]).toEqual([2, expect.stringMatching(/config\.json: min_area: .*got "big"\n$/)]);
  });

  it('explains itself', async () => {
    const asked = start(['--help']);
    let text = '';
    asked.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
    });
    const [code] = await once(asked, 'close');
    expect([code, text]).toEqual([0, expect.stringContaining('Usage: node server.ts [serve]')]);
  });
});
