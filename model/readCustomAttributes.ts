/** Reads SageMaker's custom attributes, as the header carries them: `name=value` pairs with commas between. */
export function readCustomAttributes(header: string | undefined): Record<string, string> {
  const pairs = (header ?? '').split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const] : [];
  });
  return Object.fromEntries(pairs);
}
