import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { formatScene } from '../../../src/imagery/formatScene.ts';
import { parseScene } from '../../../src/imagery/parseScene.ts';
import { tileCore } from '../../../src/imagery/tileCore.ts';
import { tileGrid } from '../../../src/imagery/tileGrid.ts';

const sizes = fc
  .record({
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 200 }),
    tileSize: fc.integer({ min: 6, max: 120 }),
    half: fc.nat({ max: 20 }),
  })
  .map(({ half, ...rest }) => ({ ...rest, overlap: Math.min(2 * half, 2 * Math.floor(rest.tileSize / 4)) }));

describe('tileGrid', () => {
  it('cuts row by row, with smaller tiles at the far edges', () => {
    expect(tileGrid({ width: 5, height: 4, tileSize: 4 })).toEqual([
      { x: 0, y: 0, width: 4, height: 4, core: { x: 0, y: 0, width: 4, height: 4 } },
      { x: 4, y: 0, width: 1, height: 4, core: { x: 4, y: 0, width: 1, height: 4 } },
    ]);
  });

  it('shares half of the overlap out to each neighbour', () => {
    const cores = tileGrid({ width: 10, height: 4, tileSize: 6, overlap: 2 }).map(({ x, width, core }) => [
      x,
      width,
      core.x,
      core.width,
    ]);
    expect(cores).toEqual([
      [0, 6, 0, 5],
      [4, 6, 5, 5],
    ]);
  });

  it('takes one tile for a picture that fits into one', () => {
    expect(tileGrid({ width: 3, height: 3, tileSize: 256, overlap: 48 })).toHaveLength(1);
  });

  it('covers every pixel by exactly one core, and no tile leaves the picture', () => {
    const property = fc.property(sizes, (size) => {
      const owners = new Uint8Array(size.width * size.height);
      for (const { core, ...tile } of tileGrid(size)) {
        const sizes = tile.width <= size.tileSize && tile.height <= size.tileSize;
        const inside = tile.x + tile.width <= size.width && tile.y + tile.height <= size.height;
        const coreInside = core.x >= tile.x && core.x + core.width <= tile.x + tile.width;
        if (!sizes || !inside || !coreInside) expect.fail(`wrong tile ${JSON.stringify({ ...tile, core })}`);
        for (let y = core.y; y < core.y + core.height; y += 1) {
          for (let x = core.x; x < core.x + core.width; x += 1)
            owners[y * size.width + x] = (owners[y * size.width + x] ?? 0) + 1;
        }
      }
      expect(owners.every((count) => count === 1)).toBe(true);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('is told again by what each tile carries', () => {
    const property = fc.property(sizes, (size) => {
      const scene = formatScene({ name: 'night.jpg', ...size });
      const cells = tileGrid(size);
      const told = cells.map(({ x, y, width, height }) => tileCore({ width, height, offset: [x, y], scene }));
      expect(told).toEqual(cells.map(({ core }) => core));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it.each([
    [{ width: 0, height: 1, tileSize: 1 }, 'width: must be a positive whole number, got 0'],
    [{ width: 1, height: 1.5, tileSize: 1 }, 'height: must be a positive whole number, got 1.5'],
    [
      { width: 1, height: 1, tileSize: 8, overlap: 8 },
      'overlap: must be an even whole number from 0, below tileSize, got 8',
    ],
    [
      { width: 1, height: 1, tileSize: 8, overlap: 3 },
      'overlap: must be an even whole number from 0, below tileSize, got 3',
    ],
    [
      { width: 1, height: 1, tileSize: 8, overlap: -2 },
      'overlap: must be an even whole number from 0, below tileSize, got -2',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => tileGrid(options)).toThrow(ConfigurationError);
    expect(() => tileGrid(options)).toThrow(message);
  });
});

describe('tileCore', () => {
  const tile = { width: 100, height: 100 };

  it('is the whole tile where nothing is known', () => {
    expect(tileCore(tile)).toEqual({ x: 0, y: 0, width: 100, height: 100 });
    expect(tileCore({ ...tile, offset: [80, 0], scene: 'a' })).toEqual({ x: 80, y: 0, width: 100, height: 100 });
  });

  it('reaches the far edges where the size of the picture is not known', () => {
    expect(tileCore({ ...tile, offset: [80, 0], overlap: 20 })).toEqual({ x: 90, y: 0, width: 90, height: 100 });
  });

  it('believes the option before the scene', () => {
    const scene = formatScene({ name: 'a', width: 500, height: 100, overlap: 40 });
    expect(tileCore({ ...tile, offset: [80, 0], scene, overlap: 20 })).toEqual({ x: 90, y: 0, width: 80, height: 100 });
  });
});

describe('parseScene', () => {
  it.each([
    ['night.jpg', { name: 'night.jpg' }],
    ['a#b', { name: 'a#b' }],
    ['', { name: '' }],
    ['a#b#xywh=0,0,4096,2048&overlap=48', { name: 'a#b', width: 4096, height: 2048, overlap: 48 }],
    ['a#xywh=pixel:0,0,10,20', { name: 'a', width: 10, height: 20 }],
    ['a#overlap=2', { name: 'a', overlap: 2 }],
    ['a#xywh=5,5,10,20', { name: 'a' }],
    ['a#xywh=0,0,-1,x&overlap=y', { name: 'a' }],
  ])('reads %s', (scene, parsed) => expect(parseScene(scene)).toEqual(parsed));
});
