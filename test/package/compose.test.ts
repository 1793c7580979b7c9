import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { readCompose } from '../support/compose/readCompose.ts';
import { recipe } from '../support/kafka/recipe.ts';

const root = join(import.meta.dirname, '../..');
const services = readCompose();
// All but the one that makes the topics and ends.
const staying = Object.entries(services).filter(([name]) => name !== 'topics');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('docker-compose.yml', () => {
  it('has what a pipeline needs', () => {
    expect(Object.keys(services).sort()).toEqual([
      'jaeger',
      'kafka',
      'local',
      'model',
      'pipeline',
      'prometheus',
      'topics',
    ]);
  });

  it('runs the Kafka that npm run kafka runs, on its port and with its topics', () => {
    const { port, topics } = recipe.playground;
    expect(services['kafka']?.image).toBe(`apache/kafka:${recipe.version}`);
    expect(services['topics']?.image).toBe(`apache/kafka:${recipe.version}`);
    expect(services['kafka']?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    const made = Object.entries(topics).map(([name, partitions]) => `${name}=${partitions}`);
    expect(services['topics']?.command?.join()).toContain(`for topic in ${made.join(' ')}; do`);
  });

  it.each(Object.entries(services))('runs %s from a pinned image, on loopback', (_, service) => {
    expect(service.image).toMatch(/^[a-z-]+(\/[a-z-]+)?:v?\d+\.\d+\.\d+$/);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(staying)('asks %s how it is', (_, { healthcheck }) => {
    expect(healthcheck?.test[0]).toBe('CMD');
    expect(healthcheck?.interval).toMatch(/^\d+s$/);
  });

  it.each(Object.entries(services))('waits until what %s needs is there', (_, { depends_on = {} }) => {
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      const ends = needed === 'topics';
      expect(services[needed]?.healthcheck === undefined).toBe(ends);
      expect(condition).toBe(ends ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  it('publishes no port twice', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports.map((port) => port.split(':')[1]));
    expect(new Set(published).size).toBe(published.length);
  });

  it('builds our images from files that exist, in our version', () => {
    const built = Object.values(services).filter(({ build }) => build);
    expect(built).toHaveLength(3);
    for (const { image, build } of built) {
      expect(image.endsWith(`:${manifest.version}`)).toBe(true);
      expect(existsSync(join(root, build?.context ?? '', build?.dockerfile ?? 'missing'))).toBe(true);
    }
  });

  it('mounts files that exist', () => {
    const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((v) => v.split(':')[0] ?? ''));
    expect(mounted.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('has Prometheus ask the port that the pipeline serves', () => {
    const config = parse(read('deploy/prometheus/prometheus.yml'));
    const targets = config.scrape_configs.flatMap(
      (job: { static_configs: { targets: string[] }[] }) => job.static_configs[0]?.targets,
    );
    expect(targets).toContain('pipeline:9464');
    expect(services['pipeline']?.command).toContain('0.0.0.0:9464');
  });
});

describe('the Dockerfiles', () => {
  const files = globSync('{deploy,model}/**/Dockerfile', { cwd: root });

  it.each(files)('%s runs on the Node of the project, and not as root', (file) => {
    const images = [...read(file).matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(new RegExp(`^node:${manifest.devDependencies.node}-`));
    expect(read(file)).toMatch(/^USER (?!root)/m);
  });
});
