/** Finds the record's own key, where it has one. */
export function keyBytes(record: object): Uint8Array | undefined {
  return 'key' in record && record.key instanceof Uint8Array ? record.key : undefined;
}
