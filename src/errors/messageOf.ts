/** Says what was thrown as text, whatever it is: values without a text, and errors whose message cannot be read, throw when they are asked. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'what was thrown cannot be told as text';
  }
}
