import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createProgram } from '../../../src/cli/createProgram.ts';

const page = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8');
const sections = new Map(page.split('\n## ').map((text) => [text.slice(0, text.indexOf('\n')), text]));

const commands = createProgram().commands.flatMap((command) =>
  command.commands.length === 0
    ? [[command.name(), command] as const]
    : command.commands.map((below) => [`${command.name()} ${below.name()}`, below] as const),
);

it.each(commands)('the page about the command line has %s with all of its options, and no other', (name, command) => {
  const usage = /^`(swath [^`]*)`$/m.exec(sections.get(name) ?? '')?.[1] ?? '';
  const named = [...usage.matchAll(/--[a-z-]+/g)].map(([option]) => option);
  expect(named.toSorted()).toEqual(command.options.map(({ long }) => long).toSorted());
});
