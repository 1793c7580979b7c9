import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The parts of a service in docker-compose.yml that are checked. */
export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[]; readonly interval: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

/** Reads the services of docker-compose.yml. */
export function readCompose(): Readonly<Record<string, ComposeService>> {
  const text = readFileSync(join(import.meta.dirname, '../../../docker-compose.yml'), 'utf8');
  return parse(text, { merge: true }).services;
}
