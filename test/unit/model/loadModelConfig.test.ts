import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModelConfig } from '../../../model/loadModelConfig.ts';
import { ModelConfigError, parseModelConfig } from '../../../model/parseModelConfig.ts';

const roomsDefaults = { detector: 'rooms', min_area: 1000, max_area: 1_000_000, epsilon_factor: 0.01 };
const lightsDefaults = { detector: 'lights', channel: 'red', threshold: 50, min_peak: 75, min_area: 2 };

describe('parseModelConfig', () => {
  it('is the detector rooms where nothing else is said', () => {
    expect(parseModelConfig({})).toEqual(roomsDefaults);
    expect(parseModelConfig({ min_area: 5, max_area: 10, epsilon_factor: 0.02 })).toEqual({
      detector: 'rooms',
      min_area: 5,
      max_area: 10,
      epsilon_factor: 0.02,
    });
  });

  it('fills in the defaults of lights', () => expect(parseModelConfig({ detector: 'lights' })).toEqual(lightsDefaults));

  it.each([
    [{ detector: 'boats' }, 'config.json: detector: must be rooms or lights, got "boats"'],
    [{ treshold: 3 }, 'config.json: treshold: no such setting'],
    [{ detector: 'lights', epsilon_factor: 0.1 }, 'config.json: epsilon_factor: no such setting'],
    [{ min_area: -1 }, /^config\.json: min_area: .*got -1$/],
    [{ min_area: 10, max_area: 5 }, 'config.json: max_area: must be at least min_area, got 5'],
    [
      { detector: 'lights', threshold: 300, min_peak: 1.5 },
      /threshold: .*got 300\nconfig\.json: min_peak: .*got 1\.5$/,
    ],
    ['rooms', /^config\.json: the document: .*got "rooms"$/],
    [null, /^config\.json: the document: .*got null$/],
  ])('refuses %o, naming field, rule and value', (input, message) => {
    expect(() => parseModelConfig(input)).toThrow(ModelConfigError);
    expect(() => parseModelConfig(input)).toThrow(message);
  });
});

describe('loadModelConfig', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swath-model-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads config.json of the folder, named or from SM_MODEL_DIR', () => {
    writeFileSync(join(folder, 'config.json'), '{"detector":"lights"}');
    expect(loadModelConfig(folder, {})).toEqual(lightsDefaults);
    expect(loadModelConfig(undefined, { SM_MODEL_DIR: folder })).toEqual(lightsDefaults);
  });

  it('is rooms where there is no config.json', () => {
    expect(loadModelConfig(folder, {})).toEqual(roomsDefaults);
    expect(loadModelConfig(undefined, { SM_MODEL_DIR: '' })).toEqual(roomsDefaults);
  });

  it('names a folder that is missing, and a file that is not JSON', () => {
    expect(() => loadModelConfig(join(folder, 'none'), {})).toThrow(/none: must be a folder, there is none$/);
    writeFileSync(join(folder, 'config.json'), '{detector}');
    expect(() => loadModelConfig(folder, {})).toThrow(/config\.json: must be JSON: /);
  });

  it.each(['rooms', 'lights'])('takes the artefact that is shipped for %s', (detector) => {
    const shipped = new URL(`../../../model/artefact/${detector}/`, import.meta.url).pathname;
    expect(loadModelConfig(shipped, {})).toEqual(JSON.parse(readFileSync(join(shipped, 'config.json'), 'utf8')));
  });
});
