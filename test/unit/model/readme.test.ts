import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lightsConfig, roomsConfig } from '../../../model/modelConfig.ts';
import { defaultLimits } from '../../../model/modelLimits.ts';

const readme = readFileSync(new URL('../../../model/README.md', import.meta.url), 'utf8');
/** The text with tables as narrow as can be: how wide their columns are is the formatter's business. */
const narrow = readme.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---');

describe('the README of the model', () => {
  it.each([
    ['rooms', roomsConfig],
    ['lights', lightsConfig],
  ])('has the settings of %s with their defaults', (name, schema) => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
    const rows = Object.entries(properties).map(([field, property]) => {
      const {
        unit = '',
        default: value,
        description,
      } = property as { unit?: string; default?: unknown; description: string };
      const shown = typeof value === 'string' ? `\`${value}\`` : String(value ?? '');
      return `| ${[`\`${field}\``, unit, shown, description].join(' | ')} |`.replaceAll(/ +\|/g, ' |');
    });
    const table = `\`${name}\`:\n\n| setting | unit | default | |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n\n`;
    expect(narrow).toContain(table);
  });

  it('names the limits', () => {
    const { maxPixels, maxSidePixels, maxWaiting, maxBodyBytes } = defaultLimits;
    const text = (value: number): string => value.toLocaleString('en-US');
    expect(readme).toContain(`more than ${text(maxPixels)} pixels, or ${text(maxSidePixels)} a side`);
    expect(readme).toContain(`${maxWaiting} requests wait already`);
    expect(readme).toContain(`over ${maxBodyBytes / 2 ** 20} MiB`);
  });

  it('shows JSON that is JSON', () => {
    const blocks = [...readme.matchAll(/```json\n(.*?)```/gs)].map(([, block]) => JSON.parse(block ?? ''));
    expect(blocks).toMatchObject([{ room_count: 1 }, { light_count: 1 }]);
  });
});
