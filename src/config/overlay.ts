/** Options by name, as a file or a caller gave them; not yet checked. */
export type Options = { [name: string]: unknown };

/** Lays a value over the one at `path`: sections are merged, everything else is replaced. Changes `target`. */
export function overlay(target: Options, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) {
    if (isSection(value)) for (const [key, inner] of Object.entries(value)) overlay(target, [key], inner);
    return;
  }
  const present = Object.hasOwn(target, name) ? target[name] : undefined;
  if (rest.length === 0 && !isSection(value)) {
    target[name] = value;
    return;
  }
  const section = isSection(present) ? present : {};
  overlay(section, rest, value);
  target[name] = section;
}

/** Tells whether a value is a section of options. */
export function isSection(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
