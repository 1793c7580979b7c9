/** What the pipeline of the transaction tests makes of a record: two halves, a dead letter, or nothing. */
export function fateOf(number: number): 'halves' | 'dead' | 'dropped' {
  if (number % 17 === 0) return 'dead';
  return number % 13 === 0 ? 'dropped' : 'halves';
}
