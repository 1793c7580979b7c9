/** Reads SageMaker's custom attributes as swath sends them: `name=value` pairs with commas between, percent-encoded. */
export function readCustomAttributes(header: string | undefined): Record<string, string> {
  const pairs = (header ?? '').split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 ? [[decode(pair.slice(0, at)), decode(pair.slice(at + 1))] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim(); // somebody else's way to write it
  }
}
