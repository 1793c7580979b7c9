/** True where a person watches: a terminal, and neither `CI` nor `NO_COLOR` is set. Colours and bars are for these alone. */
export function isInteractive(stream: { readonly isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env['CI'] && !env['NO_COLOR'];
}
