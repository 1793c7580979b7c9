import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** Reads the version of this package. */
export function readVersion(): string {
  const file = findPackageJSON('..', import.meta.url);
  const manifest: unknown = file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return String(version);
}
