import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const pomFile = join(import.meta.dirname, 'pom.xml');
const pom = readFileSync(pomFile, 'utf8');
const version = /<kafka\.version>([^<]+)</.exec(pom)?.[1];
if (version === undefined) throw new Error('pom.xml names no kafka.version');

/** Says which Kafka is run and where its jars are kept: one cache folder per content of `pom.xml`. */
export const recipe = {
  pomFile,
  version,
  /** What a Kafka for playing with has here and in docker-compose.yml alike; topics with their partitions. */
  playground: { port: 9092, topics: { tiles: 4, detections: 4, 'tiles.dead': 1 } },
  /** Returns the folder that holds the jars; it exists only when complete. */
  jarFolder(env: NodeJS.ProcessEnv = process.env): string {
    const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
    const digest = createHash('sha256').update(pom).digest('hex').slice(0, 8);
    return join(cache, 'swath', `kafka-${version}-${digest}`);
  },
} as const;
