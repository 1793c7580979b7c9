import { isBuiltin } from 'node:module';
import { placeOf } from './arrows.ts';
import type { Source } from './parseSource.ts';

/** The parts of `package.json` that say which packages may be imported where. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const owners: readonly (readonly [RegExp, readonly string[], string])[] = [
  [/^kafkajs/, ['kafka'], 'the Kafka client belongs to src/kafka'],
  [/^@(aws-sdk|smithy)\//, ['aws', 'model'], 'the AWS SDK belongs to src/aws'],
  [/^@opentelemetry\/(?!api$|semantic-conventions)/, ['cli', 'model'], 'library code knows only the OpenTelemetry API'],
];
const mayUseOptional = ['local', 'cli', 'model'];

/** Cuts a specifier down to the package it belongs to. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Lists the imports of packages that are undeclared, optional or an adapter's, in files that must do without. */
export function wrongPackages(sources: readonly Source[], manifest: Manifest): string[] {
  return sources.flatMap(({ path, imports }) => {
    const place = placeOf(path);
    return imports
      .filter(({ specifier }) => !specifier.startsWith('.') && !isBuiltin(specifier))
      .flatMap(({ specifier, line }) => {
        const name = packageOf(specifier);
        const at = `${path}:${line} imports ${specifier}`;
        const wrong = owners
          .filter(([pattern, places]) => pattern.test(specifier) && !places.includes(place))
          .map(([, , rule]) => `${at}: ${rule}`);
        if (name in manifest.optionalDependencies) {
          if (!mayUseOptional.includes(place)) wrong.push(`${at}: an optional package`);
        } else if (!(name in manifest.dependencies)) {
          wrong.push(`${at}: not in dependencies`);
        }
        return wrong;
      });
  });
}
