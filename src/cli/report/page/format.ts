const whole = new Intl.NumberFormat('en');
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** Writes a count with its thousands apart. */
export function formatCount(value: number): string {
  return whole.format(Math.round(value));
}

/** Writes a number with as many digits as mean something. */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 1000 ? formatCount(value) : fine.format(value);
}

/** Writes a duration: milliseconds below a second, else seconds. */
export function formatDuration(ms: number): string {
  return Math.abs(ms) >= 1000 ? `${fine.format(ms / 1000)} s` : `${fine.format(ms)} ms`;
}

/** Writes a place as a map does: `48.86° N, 2.35° E`. */
export function formatPlace(lat: number, lon: number): string {
  const degrees = (value: number, [positive, negative]: readonly [string, string]): string =>
    `${Math.abs(value).toFixed(2)}° ${value < 0 ? negative : positive}`;
  return `${degrees(lat, ['N', 'S'])}, ${degrees(lon, ['E', 'W'])}`;
}

/** Writes how sure the model is, in percent. */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}
