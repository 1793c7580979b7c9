import { createHash } from 'node:crypto';

/** Scripts as elements of a page, with the hashes by which its policy lets them run. */
export interface InlineScripts {
  readonly html: string;
  /** Like `sha256-…`, one per script. */
  readonly hashes: readonly string[];
}

/** Puts scripts into elements of their own, in their order; where one names `</script>` or a comment, that is escaped. */
export function inlineScripts(scripts: readonly string[]): InlineScripts {
  const texts = scripts.map((script) =>
    script
      .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
      .replace(/<(?=\/script)/gi, '\\x3c')
      .replaceAll('<!--', '\\x3c!--'),
  );
  return {
    html: texts.map((text) => `<script>${text}</script>`).join('\n'),
    hashes: texts.map((text) => `sha256-${createHash('sha256').update(text).digest('base64')}`),
  };
}
