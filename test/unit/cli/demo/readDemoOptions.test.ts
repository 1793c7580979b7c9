import { describe, expect, it } from 'vitest';
import { type GivenDemoOptions, readDemoOptions } from '../../../../src/cli/demo/readDemoOptions.ts';

const given: GivenDemoOptions = { source: 'kinesis', tileSize: '256', out: 'out', set: [] };
const messageOf = (options: Partial<GivenDemoOptions>): string => {
  try {
    readDemoOptions({ ...given, ...options });
    return '';
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : '';
  }
};

describe('readDemoOptions', () => {
  it('takes what the command line gives', () => {
    const bounds = '-10, 35.5,30,60';
    expect(readDemoOptions({ ...given, image: 'a.png', bounds, tileSize: '512', set: ['sink.lingerMs=1'] })).toEqual({
      source: 'kinesis',
      image: 'a.png',
      bounds: [-10, 35.5, 30, 60],
      tileSize: 512,
      out: 'out',
      set: ['sink.lingerMs=1'],
    });
  });

  it('lets a picture cross the antimeridian', () => {
    expect(readDemoOptions({ ...given, bounds: '170,-50,-170,-30' }).bounds).toEqual([170, -50, -170, -30]);
  });

  it.each([
    [{ source: 'rabbit' }, 'ConfigurationError: --source: must be kinesis or kafka, got "rabbit"'],
    [{ tileSize: '0' }, '--tile-size: must be a whole number from 128 to 4096'],
    [{ tileSize: '127' }, 'got "127"'],
    [{ tileSize: '4097' }, 'got "4097"'],
    [{ tileSize: '256px' }, 'got "256px"'],
    [{ tileSize: '1e3' }, 'got "1e3"'],
    [{ image: '' }, '--image: must be the path of a picture'],
    [{ out: '' }, '--out: must be the path of a folder'],
    [{ bounds: '1,2,3' }, '--bounds: must be west,south,east,north in degrees'],
    [{ bounds: '1,2,3,4,5' }, 'got "1,2,3,4,5"'],
    [{ bounds: '0,50,10,40' }, 'got "0,50,10,40"'],
    [{ bounds: '0,0,0,10' }, 'got "0,0,0,10"'],
    [{ bounds: '0,0,181,10' }, 'got "0,0,181,10"'],
    [{ bounds: ',0,1,10' }, 'got ",0,1,10"'],
    [{ set: ['kafka.brokers=a:1'] }, '--set: names Kafka; add --source kafka, got "kafka.brokers"'],
  ])('says what is wrong with %j', (options, message) => {
    expect(messageOf(options)).toContain(message);
  });

  it('says all that is wrong at once', () => {
    const message = messageOf({ source: 'x', tileSize: 'y', bounds: 'z' });
    expect(message.split('\n')).toHaveLength(3);
  });
});
