import { Command } from 'commander';
import type { DetectCommandOptions } from '../detect/detectFile.ts';
import { optionReaders } from '../optionReaders.ts';

const examples = `
Examples:
  swath detect plan.png --visualize rooms.png
  swath detect night.jpg --detector lights --output lights.json
`;

/** Makes the command `swath detect`: the model alone on one picture. */
export function detectCommand(): Command {
  return new Command('detect')
    .description('run the model alone on one picture')
    .argument('<image>', 'PNG or JPEG')
    .option(
      '--detector <name>',
      'rooms (closed contours of a drawing) or lights (bright areas of a night picture)',
      'rooms',
    )
    .option('--visualize <png>', 'draw what is found over the picture, into this file')
    .option('--output <json>', 'write the answer into this file')
    .option('--min-area <pixels>', 'smallest area of a detection', optionReaders.nonNegative)
    .option('--max-area <pixels>', 'largest area of a detection', optionReaders.positive)
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', examples)
    .action(async (image: string, { json, ...options }: DetectCommandOptions & { readonly json?: boolean }) => {
      const { detectFile } = await import('../detect/detectFile.ts');
      const { describeDetections } = await import('../detect/describeDetections.ts');
      const result = await detectFile(image, options);
      process.stdout.write(`${json ? JSON.stringify(result, undefined, 2) : describeDetections(result, options)}\n`);
    });
}
