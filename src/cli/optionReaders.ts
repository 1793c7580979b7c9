import { InvalidArgumentError } from 'commander';

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** The last port there is. */
export const largestPort = 65_535;

/** Readers of option values; what they refuse is explained by the command line's parser. */
export const optionReaders = {
  /** Gathers an option that may be repeated. */
  collect: (value: string, before: readonly string[] = []): string[] => [...before, value],

  count: (text: string): number => wholeNumber(text, 1),

  /** A name, of a consumer group for example. */
  name: (text: string): string => {
    if (text.trim() !== '') return text;
    throw new InvalidArgumentError('It must not be empty.');
  },

  /** A table of DynamoDB. */
  table: (text: string): string => {
    if (/^[a-zA-Z0-9_.-]{3,255}$/.test(text)) return text;
    throw new InvalidArgumentError('It must be 3 to 255 letters, digits, dots, underscores or dashes.');
  },

  natural: (text: string): number => wholeNumber(text, 0),

  port: (text: string): number => {
    const value = Number(text);
    if (/^\d{1,5}$/.test(text) && value <= largestPort) return value;
    throw new InvalidArgumentError(`It must be a port, a whole number from 0 to ${largestPort}.`);
  },

  nonNegative: (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
    throw new InvalidArgumentError('It must be a number of at least 0.');
  },

  positive: (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
    throw new InvalidArgumentError('It must be a positive number.');
  },

  /** `HOST:PORT`; a port alone means loopback. */
  address: (text: string): ListenAddress => {
    const found = /^(?:(?:\[([^\]]+)\]|([^\s:/]*)):)?(\d{1,5})$/.exec(text);
    const port = Number(found?.[3]);
    if (found !== null && port <= largestPort) return { host: found[1] ?? (found[2] || '127.0.0.1'), port };
    throw new InvalidArgumentError('It must be HOST:PORT, like 127.0.0.1:9464.');
  },
} as const;

function wholeNumber(text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
}
