/** Names an option by its path, like `source.maxInFlight`. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'configuration' : path.map(String).join('.');
}
