#!/usr/bin/env node
// Kept small and free of imports: an old Node must get as far as saying that it is old.
const [major = '0'] = process.versions.node.split('.');
if (Number(major) < 24) {
  process.stderr.write(`swath needs Node.js 24 or later, this is ${process.versions.node}\n`);
  process.exit(2);
}
const { endOnSignals } = await import('./endOnSignals.ts');
endOnSignals();
const { runCli } = await import('./runCli.ts');
await runCli(process.argv);

export {};
