import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Builds what is published: JavaScript and type declarations, with the files beside them that are not code.
 * `--out DIR` builds elsewhere than in `dist`.
 */
const root = import.meta.dirname;
const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') } } });
const out = values.out;

rmSync(out, { recursive: true, force: true });
const tsc = join(root, 'node_modules/typescript/bin/tsc');
try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', out], { cwd: root, stdio: 'inherit' });
} catch {
  process.exit(1); // the compiler said what is wrong
}
// The model is a package of its own only in its container.
const left = /node_modules|(^|\/)package(-lock)?\.json$/;
const assets = globSync('{src,pipelines,model}/**/*.{json,yaml,html,css,svg,png}', { cwd: root });
for (const asset of assets.filter((path) => !left.test(path))) {
  mkdirSync(dirname(join(out, asset)), { recursive: true });
  copyFileSync(join(root, asset), join(out, asset));
}
const bin = join(out, 'src/cli/main.js');
if (existsSync(bin)) chmodSync(bin, 0o755);
