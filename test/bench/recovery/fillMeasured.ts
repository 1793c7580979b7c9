/**
 * Puts a measurement into a page, between `<!-- measured:NAME -->` and `<!-- /measured -->`.
 *
 * @throws Error when the page has no such place.
 */
export function fillMeasured(page: string, name: string, content: string): string {
  const place = new RegExp(`(<!-- measured:${name} -->\n)[\\s\\S]*?(<!-- /measured -->)`);
  if (!place.test(page)) throw new Error(`the page has no place for the measurement ${name}`);
  return page.replace(place, (_, open: string, close: string) => `${open}${content}\n${close}`);
}
