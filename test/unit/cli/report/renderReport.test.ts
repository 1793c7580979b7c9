import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { inlineScripts } from '../../../../src/cli/report/inlineScripts.ts';
import { linkPageScript } from '../../../../src/cli/report/linkPageScript.ts';
import { readPageLibraries } from '../../../../src/cli/report/readPageLibraries.ts';
import { renderReport } from '../../../../src/cli/report/renderReport.ts';
import { sampleReport } from '../../../support/report/sampleReport.ts';

const dataOf = (html: string): unknown => JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '');
const scriptsOf = (html: string): string[] =>
  [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text]) => text ?? '');

describe('renderReport', () => {
  it('carries its data, its picture and its scripts, and names nothing outside itself', async () => {
    const report = await sampleReport();
    const html = await renderReport(report);
    expect(dataOf(html)).toEqual(JSON.parse(JSON.stringify(report.data)));
    expect(html).toContain(`data:image/jpeg;base64,${Buffer.from(report.image.bytes).toString('base64')}`);
    const markup = scriptsOf(html).reduce((text, script) => text.replace(script, ''), html);
    expect(markup).not.toMatch(/(src|href)="(?!data:|#)/);
    expect(markup).not.toMatch(/url\((?!data:)|@import/);
    expect(html).not.toContain('sourceMappingURL');
    expect(html).not.toMatch(/\{\{\w+\}\}/);
  });

  it('lets only its own scripts run, by their hashes', async () => {
    const html = await renderReport(await sampleReport());
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('img-src data:;');
    const hashes = scriptsOf(html).map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    expect(policy).toContain(`script-src ${hashes.join(' ')};`);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });

  it('makes nothing in its data markup', async () => {
    const evil = '</script><script>alert(1)</script><img src=x onerror="alert(2)">&\'.jpg';
    const html = await renderReport(await sampleReport({ name: evil }));
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<img src=x');
    expect(html).toContain('alt="&#60;/script&#62;&#60;script&#62;alert(1)');
    expect(dataOf(html)).toMatchObject({ picture: { name: evil } });
  });
});

describe('inlineScripts', () => {
  it('escapes what would end the element or begin a comment', () => {
    const { html } = inlineScripts(["const a = '</script>'; const b = '<!-- x'; const c = '</SCRIPT >';"]);
    expect(html.match(/<\/script/gi)).toHaveLength(1);
    expect(html).not.toContain('<!--');
    const script = scriptsOf(html)[0] ?? '';
    expect(new Script(`${script}; [a, b, c].join()`).runInNewContext()).toBe('</script>,<!-- x,</SCRIPT >');
  });
});

describe('linkPageScript', () => {
  it('makes one script of all modules, without types, imports and exports, each once and after what it needs', async () => {
    const script = await linkPageScript();
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toMatch(/^\s*(import|export) /m);
    expect(script.match(/function formatDuration\(/g)).toHaveLength(1);
    expect(script.indexOf('function element(')).toBeLessThan(script.indexOf('function drawTrace('));
  });
});

describe('readPageLibraries', () => {
  it('takes the styles without pictures, which a page without network would ask for', async () => {
    const { scripts, styles } = await readPageLibraries();
    expect(scripts).toHaveLength(3);
    expect(styles).toContain('.leaflet-container');
    expect(styles).not.toMatch(/url\((?!data:)/);
  });
});
