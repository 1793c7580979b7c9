/** Rounds to four decimals, what the answers of the detectors carry. */
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
