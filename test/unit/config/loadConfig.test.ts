import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ConfigInput, loadConfig } from '../../../src/config/loadConfig.ts';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { exampleOptions } from './exampleOptions.ts';
import { withFile } from './withFile.ts';

const minimal = 'source: { topic: tiles }';
const load = (text: string, more: ConfigInput = {}) =>
  withFile(text, (file) => loadConfig(exampleOptions, { file, env: {}, ...more }));

function problemsOf(run: () => unknown): Record<string, string> {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error).toMatchObject({ code: 'CONFIGURATION', retryable: false });
    return Object.fromEntries(
      error.problems.map(({ field, rule, value }) => [
        field,
        value === undefined ? rule : `${rule}, got ${JSON.stringify(value)}`,
      ]),
    );
  }
  throw new Error('nothing was wrong');
}

describe('layers', () => {
  it('fill in defaults, in sections that were left out, too', () => {
    expect(load(minimal)).toEqual({
      kafka: { brokers: ['127.0.0.1:9092'], ssl: false },
      source: { topic: 'tiles', order: 'none', maxInFlight: 400, from: 'earliest' },
      backoff: { initialMs: 500, maxMs: 15_000, factor: 2 },
      labels: {},
      drainMs: 30_000,
    });
  });

  it('lie one over the other: command line, environment, file, defaults', () => {
    const text = 'source: { topic: file, order: key, maxInFlight: 1 }';
    const env = { SWATH_SOURCE__TOPIC: 'env', SWATH_SOURCE__MAX_IN_FLIGHT: '2' };
    const { source } = load(text, { env, set: ['source.topic=first', 'source.topic=a=b'] });
    expect(source).toMatchObject({ topic: 'a=b', order: 'key', maxInFlight: 2, from: 'earliest' });
  });

  it('come from JSON as well, and from no file at all', () => {
    expect(load('{\n\t"source": {\n\t\t"topic": "json"\n\t}\n}').source.topic).toBe('json');
    expect(loadConfig(exampleOptions, { env: {}, set: ['source.topic=none'] }).source.topic).toBe('none');
  });

  it('do not hide a list or a text where a section belongs, and may replace what can be either', () => {
    for (const more of [{ set: ['source.topic=x'] }, { env: { SWATH_SOURCE__TOPIC: 'x' } }, {}]) {
      expect(problemsOf(() => load('source: [{ topic: tiles }]', more))).toEqual({
        source: 'must be a section with options',
      });
    }
    expect(problemsOf(() => load('', { set: ['source=[1]', 'source.topic=x'] }))).toEqual({
      source: 'must be a section with options',
    });
    const { ssl } = load(`${minimal}\nkafka: { ssl: true }`, { set: ['kafka.ssl.ca=pem'] }).kafka;
    expect(ssl).toEqual({ ca: 'pem' });
  });

  it('take a section without content as one that was left out', () => {
    expect(load(`${minimal}\nkafka:\nbackoff:\n  maxMs:\n`).backoff.maxMs).toBe(15_000);
  });
});

describe('texts of the environment and the command line', () => {
  const read = (...set: string[]) => load(minimal, { set });

  it('are read as what the schema wants', () => {
    expect(read('kafka.ssl=yes').kafka.ssl).toBe(true);
    expect(read('kafka.ssl={"ca":"x"}').kafka.ssl).toEqual({ ca: 'x' });
    expect(read('kafka.ssl.ca=x').kafka.ssl).toEqual({ ca: 'x' });
    expect(read('kafka.brokers=a:1, b:2').kafka.brokers).toEqual(['a:1', 'b:2']);
    expect(read('kafka.brokers=["a:1"]').kafka.brokers).toEqual(['a:1']);
    expect(read('source.topic=007', 'source.share=0.5').source).toMatchObject({ topic: '007', share: 0.5 });
    expect([read('source.from=12'), read('source.from=latest')].map(({ source }) => source.from)).toEqual([
      12,
      'latest',
    ]);
    expect(read('labels.team=maps', 'labels.n=1').labels).toEqual({ team: 'maps', n: '1' });
  });

  it('name options by any of the usual spellings in the environment', () => {
    const spellings = ['SWATH_SOURCE__MAX_IN_FLIGHT', 'SWATH_SOURCE__MAXINFLIGHT', 'SWATH_source__maxInFlight'];
    for (const name of spellings) expect(load(minimal, { env: { [name]: '7' } }).source.maxInFlight).toBe(7);
    expect(load(minimal, { env: { SWATH_DRAIN_MS: '5', SWATH_SOURCE__ORDER: '' } })).toMatchObject({
      drainMs: 5,
      source: { order: 'none' },
    });
    const env = { SWATH_KAFKA__SASL__PASSWORD: 'pw', SWATH_KAFKA__SASL: '{"mechanism":"plain"}' };
    expect(load(minimal, { env }).kafka.sasl).toEqual({ mechanism: 'plain', password: 'pw' });
  });

  it('are refused where they name no option; variables of somebody else are not', () => {
    const env = {
      SWATH_SORCE__TOPIC: 'x',
      SWATH_SOURCE__MAX_INFLIGT: '1',
      SWATH_PORT: 'tcp://10.0.0.1',
      OTHER__X: '1',
    };
    expect(problemsOf(() => load(minimal, { env }))).toEqual({
      SWATH_SORCE__TOPIC: 'is unknown; did you mean SOURCE?',
      SWATH_SOURCE__MAX_INFLIGT: 'is unknown; did you mean MAX_IN_FLIGHT?',
    });
  });

  it('are refused on the command line where they name no option or are no setting', () => {
    const set = ['source.topik=x', 'kafka.brokers.0=a:1', '=x', 'nothing', 'source..topic=secret', '__proto__.x=1'];
    expect(problemsOf(() => read(...set))).toEqual({
      'source.topik': 'is unknown; did you mean topic?',
      'kafka.brokers.0': 'cannot be set alone; set the whole list: --set kafka.brokers=first,second',
      '--set': 'must look like path=value, got "="',
      ['__proto__']: 'is unknown; known here: kafka, source, backoff, labels, drainMs',
    });
    expect({}).not.toHaveProperty('x');
  });
});

describe('variables in a file', () => {
  it('are replaced, and read as what the schema wants', () => {
    const text = `
source:
  topic: tiles-\${STAGE}-\${REGION:-eu}
  maxInFlight: \${MAX:-8}
kafka: { brokers: "\${BROKERS}" }
labels: { price: "$\${x}", empty: "\${EMPTY:-none}" }`;
    const { source, kafka, labels } = load(text, { env: { STAGE: 'test', BROKERS: 'a:1,b:2', EMPTY: '' } });
    expect(source).toMatchObject({ topic: 'tiles-test-eu', maxInFlight: 8 });
    expect(kafka.brokers).toEqual(['a:1', 'b:2']);
    expect(labels).toEqual({ price: `\${x}`, empty: 'none' });
  });

  it('must be there or have a default', () => {
    const text = `source: { topic: "\${TOPIC}", order: "\${", maxInFlight: "\${MAX:-lots}" }`;
    expect(problemsOf(() => load(text))).toEqual({
      'source.topic': 'needs the environment variable TOPIC, which is not set',
      'source.order': `has a \${ that is neither \${NAME} nor \${NAME:-default}; write $\${ for the characters themselves`,
      'source.maxInFlight': 'must be a positive whole number of at most 10000, got "lots"',
    });
  });
});

describe('messages', () => {
  it('list everything that is wrong at once, in plain words', () => {
    const text = `
kafka: { brokers: [nonsense, 5], ssl: { cb: x }, sasl: { mechanism: magic } }
source: { topic: "", order: random, maxInFlight: -1, share: 2, from: often, colour: red }
backoff: { initialMs: 0.5, factor: x, initalMs: 1 }
labels: { a: 1 }
drainMs: -1
sink: { topic: x }`;
    expect(problemsOf(() => load(text))).toEqual({
      'kafka.brokers.0': 'must be host:port, got "nonsense"',
      'kafka.brokers.1': 'must be a text that matches ^[^\\s:]+:\\d+$, got 5',
      'kafka.ssl.cb': 'is unknown; did you mean ca?',
      'kafka.ssl.ca': 'is required',
      'kafka.sasl.mechanism': 'must be one of plain, token, got "magic"',
      'source.topic': 'must be a text that is not empty, got ""',
      'source.order': 'must be one of none, key, partition, got "random"',
      'source.maxInFlight': 'must be a positive whole number of at most 10000, got -1',
      'source.share': 'must be a number from 0 to 1, got 2',
      'source.from': 'must be one of earliest, latest or a whole number, got "often"',
      'source.colour': 'is unknown; known here: topic, order, maxInFlight, share, from',
      'backoff.initialMs': 'must be a whole number from 1 to 2147483647, got 0.5',
      'backoff.factor': 'must be a number of at least 1, got "x"',
      'backoff.initalMs': 'is unknown; did you mean initialMs?',
      'labels.a': 'must be a text, got 1',
      drainMs: 'must be a whole number of at least 0, got -1',
      sink: 'is unknown; known here: kafka, source, backoff, labels, drainMs',
    });
  });

  it('tell rules between options, and what is missing or no section', () => {
    expect(problemsOf(() => load(`${minimal}\nbackoff: { initialMs: 10, maxMs: 5 }`))).toEqual({
      'backoff.maxMs': 'must be at least initialMs, got 5',
    });
    expect(problemsOf(() => load('source: tiles\nkafka: [1]'))).toEqual({
      source: 'must be a section with options, got "tiles"',
      kafka: 'must be a section with options, got "(hidden)"',
    });
    expect(problemsOf(() => load('source: {}'))).toEqual({ 'source.topic': 'is required' });
    expect(problemsOf(() => load('drainMs: 1'))).toEqual({ source: 'is required' });
  });

  it('never show a secret, wherever it stands', () => {
    const given = 'hunter2';
    const texts = [
      `${minimal}\nkafka: { sasl: { mechanism: plain, password: [${given}] } }`,
      `${minimal}\nkafka: { sasl: ${given} }`,
      `${minimal}\nkafka: { sasl: { mechanism: token, password: ${given} } }`,
      `${minimal}\nkafka: { sasl: { mechanism: plain, password: ${given} ]`,
      `${minimal}\npassword: ${given}`,
    ];
    for (const text of texts) {
      expect(() => load(text)).toThrow(ConfigurationError);
      expect(() => load(text)).not.toThrow(given);
    }
    expect(problemsOf(() => load(`${minimal}\nkafka: { sasl: { mechanism: plain, password: 5 } }`))).toEqual({
      'kafka.sasl.password': 'must be a text that is not empty, got "(hidden)"',
    });
    expect(() => load(minimal, { set: [`kafka.sasl=${given}`] })).not.toThrow(given);
  });

  it('find unknown options in schemas that would drop them', () => {
    const schema = z.object({
      a: z.object({ b: z.string().optional() }).optional(),
      free: z.looseObject({}).optional(),
    });
    const set = ['free={"anything":1}'];
    expect(loadConfig(schema, { env: {}, set })).toEqual({ free: { anything: 1 } });
    expect(problemsOf(() => withFile('a: { c: 1 }', (file) => loadConfig(schema, { file, env: {} })))).toEqual({
      'a.c': 'is unknown; known here: b',
    });
  });
});

describe('a section', () => {
  const kafka = z.strictObject({ kafka: exampleOptions.shape.kafka });
  const text = `kafka: { ssl: true }\nsource: { topic: "\${NOT_SET}", colour: red }\nsink: 5`;
  const read = (env: NodeJS.ProcessEnv, ...set: string[]) =>
    withFile(text, (file) => loadConfig(kafka, { file, env, set, section: 'kafka' }));

  it('is read alone, whatever the others say', () => {
    const env = { SWATH_SOURCE__COLOUR: 'red', SWATH_SINK__TOPIC: 'done', SWATH_KAFKA__BROKERS: 'a:1' };
    expect(read(env)).toEqual({ kafka: { brokers: ['a:1'], ssl: true } });
    expect(read(env, 'kafka.ssl=false')).toEqual({ kafka: { brokers: ['a:1'], ssl: false } });
  });

  it('has its own mistakes told, and settings of others', () => {
    expect(problemsOf(() => read({ SWATH_KAFKA__COLOUR: 'red' }))).toMatchObject({
      SWATH_KAFKA__COLOUR: expect.stringContaining('is unknown'),
    });
    expect(problemsOf(() => read({}, 'source.topic=tiles'))).toMatchObject({
      source: expect.stringContaining('is unknown'),
    });
  });

  it('has its defaults where the file does not name it', () => {
    const nothing = withFile('source: { topic: tiles }', (file) =>
      loadConfig(kafka, { file, env: {}, section: 'kafka' }),
    );
    expect(nothing).toEqual({ kafka: { brokers: ['127.0.0.1:9092'], ssl: false } });
  });
});

describe('files', () => {
  const problem = (text: string) => {
    const found = problemsOf(() => load(text));
    return Object.entries(found).map(([file, rule]) => [file.replace(/^.*[/\\]/, ''), rule]);
  };

  it('that are no YAML are refused by line and column', () => {
    expect(problem('a: 1\nb: [1,\nc: {')[0]).toEqual(['swath.yaml', expect.stringMatching(/^line \d, column \d+: .+/)]);
    expect(problem('a: 1\na: 2')).toEqual([['swath.yaml', 'line 2, column 1: Map keys must be unique']]);
    expect(problem('- a\n- b')).toEqual([['swath.yaml', expect.stringContaining('must hold options by name')]]);
    expect(problem('a: *nowhere')[0]?.[1]).toContain('nowhere');
    expect(problem('a: 1\n---\nb: 1')[0]?.[1]).toContain('more than one document');
  });

  it.each([
    ['a section inside itself', 'source: &a { topic: tiles, inner: *a }'],
    ['a list inside itself', 'kafka: &a [*a]'],
    ['very many levels', `source: ${'['.repeat(150)}${']'.repeat(150)}`],
  ])('with %s are refused by name', (_, text) => {
    expect(Object.values(problemsOf(() => load(text)))).toEqual([
      'must not hold a section inside itself, or a hundred levels',
    ]);
  });

  it('that cannot be read are refused by name', () => {
    expect(problemsOf(() => loadConfig(exampleOptions, { file: '/nowhere/swath.yaml' }))).toEqual({
      '/nowhere/swath.yaml': 'there is no such file',
    });
    expect(Object.values(problemsOf(() => loadConfig(exampleOptions, { file: tmpdir() })))).toEqual([
      'must be a file, it is a folder',
    ]);
  });

  it('with a key called __proto__ change nothing', () => {
    expect(problemsOf(() => load(`${minimal}\n__proto__: { polluted: true }`))).toHaveProperty('__proto__');
    expect({}).not.toHaveProperty('polluted');
  });

  it('may be empty', () => {
    expect(problemsOf(() => load('# nothing\n'))).toEqual({ source: 'is required' });
  });
});
