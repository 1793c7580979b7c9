import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';

/**
 * Links the modules of the report's page into one script that needs no loader: each in a function of its own, those it imports before it.
 *
 * In a checkout they are TypeScript, whose types are taken out as Node does it when it runs them.
 */
export async function linkPageScript(): Promise<string> {
  const linked = new Map<string, string>();
  const link = async (url: URL): Promise<void> => {
    if (linked.has(url.href)) return;
    linked.set(url.href, ''); // modules that import each other end here
    const text = await readFile(url, 'utf8');
    const code = extname(url.pathname) === '.ts' ? withoutTypes(text) : text;
    for (const [, specifier = ''] of code.matchAll(imports)) await link(new URL(specifier, url));
    linked.delete(url.href); // after those it needs
    linked.set(url.href, wrap(code));
  };
  await link(new URL(`./page/main${extname(import.meta.url)}`, import.meta.url));
  return [...linked.values()].join('\n');
}

const imports = /^import\s[^;]*?from\s+'([^']+)';$/gm;
const exported = /^export (?=(?:async )?(?:function|const|class) (\w+))/gm;

function wrap(code: string): string {
  const names = [...code.matchAll(exported)].map(([, name]) => name).join(', ');
  const body = code.replace(imports, '').replace(exported, '').trim();
  return `const { ${names} } = (() => {\n${body}\nreturn { ${names} };\n})();`;
}

/** The function is marked experimental, though Node runs all of our TypeScript with it: nobody who opens a report needs to hear that. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}
