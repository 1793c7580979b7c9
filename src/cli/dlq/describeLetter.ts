import { printableBytes } from './printableBytes.ts';
import type { ShownLetter } from './showLetter.ts';

/** Says in lines what one dead letter is; nothing in it can steer the terminal. */
export function describeLetter(shown: ShownLetter): string {
  const safe = (text: string): string => printableBytes(Buffer.from(text)).replaceAll('\\\\', '\\');
  const { headers, older, out } = shown;
  const facts: [string, string][] = [
    ['id', safe(shown.id)],
    ['code', safe(shown.code)],
    ['message', safe(shown.message)],
    ['stage', safe(shown.stage)],
    ['attempts', String(shown.attempts)],
    ['origin', safe(shown.origin)],
    ['refused', shown.time],
    ['lies at', shown.places.join(', ')],
    ['state', shown.replayed ? 'replayed' : 'waiting'],
    ['replays', String(shown.replays)],
    ['key', shown.key ?? '(none)'],
    ...headers.map(([name, value]): [string, string] => ['header', `${safe(name)}: ${value}`]),
    ['content', safe(shown.contentType ?? 'unknown')],
    ['size', shown.bytes === null ? 'no value' : `${shown.bytes} bytes`],
    ['begins', shown.preview],
    ...(older > 0 ? [['older', `${older} more of this name`] as [string, string]] : []),
    ...(out === undefined ? [] : [['written to', out] as [string, string]]),
  ];
  return facts.map(([name, text]) => `${name.padEnd(11)}${text}`).join('\n');
}
