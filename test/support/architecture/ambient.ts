import { type Node, Visitor } from 'oxc-parser';
import { placeOf } from './arrows.ts';
import type { Source } from './parseSource.ts';

const clockAndChance = ['Date.now', 'performance.now', 'process.hrtime', 'Math.random'];
const mayReadClock = ['aws', 'kafka', 'cli', 'local', 'model', 'pipelines'];
const mayEndProcess = ['cli', 'model'];

interface Use {
  readonly what: string;
  readonly offset: number;
}

/** Finds where the clock, chance and the process's end are named in the code. */
const usesOf = ({ program }: Source): Use[] => {
  const uses: Use[] = [];
  new Visitor({
    MemberExpression: ({ object, property, start }) => {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      uses.push({ what: `${object.name}.${property.name}`, offset: start });
    },
    NewExpression: ({ callee, arguments: given, start }) => {
      const isNow = callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0;
      if (isNow) uses.push({ what: 'new Date()', offset: start });
    },
  }).visit(program);
  return uses;
};

/** Finds the ranges of the text that are a default: of a parameter, of a destructured option, or behind `??`. */
const defaultsOf = ({ program }: Source): Node[] => {
  const defaults: Node[] = [];
  new Visitor({
    AssignmentPattern: ({ right }) => void defaults.push(right),
    LogicalExpression: ({ operator, right }) => void (operator === '??' && defaults.push(right)),
  }).visit(program);
  return defaults;
};

/** Lists the uses of clock, chance and the process's end where they should have been handed in. */
export function wrongAmbient(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const place = placeOf(source.path);
    const defaults = defaultsOf(source);
    const isDefault = ({ offset }: Use): boolean => defaults.some(({ start, end }) => start <= offset && offset < end);
    const isWrong = (use: Use): boolean => {
      if (use.what === 'process.exit') return !mayEndProcess.includes(place);
      const ambient = use.what === 'new Date()' || clockAndChance.includes(use.what);
      return ambient && !mayReadClock.includes(place) && !isDefault(use);
    };
    return usesOf(source)
      .filter(isWrong)
      .map(({ what, offset }) => `${source.path}:${source.lineOf(offset)} uses ${what}`);
  });
}
