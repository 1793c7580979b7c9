import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { checkLocalOptions } from '../../../src/local/checkLocalOptions.ts';
import { echoModel } from '../../../src/local/sagemaker/echoModel.ts';

const good = { name: 'detector', model: echoModel(), outputPath: 's3://out/results' };

describe('checkLocalOptions', () => {
  it('takes what is right', () => {
    expect(() => checkLocalOptions({})).not.toThrow();
    expect(() => checkLocalOptions({ endpoints: [good], streams: { tiles: 2 }, ports: { s3: 0 } })).not.toThrow();
  });

  it.each([
    [{ ports: { kinesis: 70_000 } }, 'ports.kinesis: must be an integer from 0 to 65535, got 70000'],
    [{ streams: { tiles: 0 } }, 'streams.tiles: must be a number of shards from 1 to 10000, got 0'],
    [{ secondMs: 0 }, 'secondMs: must be positive, got 0'],
    [{ endpoints: [{ ...good, name: 'no_underscores' }] }, 'must be 1 to 63 letters, digits and inner hyphens'],
    [
      { endpoints: [{ ...good, model: 'https://model' }] },
      'endpoints.detector.model: must be an http:// URL or a function',
    ],
    [
      { endpoints: [{ ...good, outputPath: 'out' }] },
      'endpoints.detector.outputPath: must be s3://bucket/prefix, got "out"',
    ],
    [{ endpoints: [{ ...good, failurePath: '/tmp' }] }, 'endpoints.detector.failurePath: must be s3://bucket/prefix'],
    [{ endpoints: [{ ...good, instances: -1 }] }, 'endpoints.detector.instances: must be an integer from 0 to 1000'],
    [{ endpoints: [{ ...good, concurrencyPerInstance: 0 }] }, 'endpoints.detector.concurrencyPerInstance: must be'],
  ])('says what is wrong with %j', (options, message) => {
    expect(() => checkLocalOptions(options)).toThrow(ConfigurationError);
    expect(() => checkLocalOptions(options)).toThrow(message);
  });
});
