import type * as Plot from '@observablehq/plot';
import type * as Leaflet from 'leaflet';

/** A tree that finds the nearest of many points: what the page uses of d3. */
export interface Quadtree<T> {
  find(x: number, y: number, radius?: number): T | undefined;
}

/** The libraries that the page brings along; each puts itself into the global scope. */
export interface PageTools {
  readonly L: typeof Leaflet;
  readonly Plot: typeof Plot;
  readonly d3: {
    ticks(start: number, stop: number, count: number): number[];
    quadtree<T>(points: Iterable<T>, x: (point: T) => number, y: (point: T) => number): Quadtree<T>;
  };
}
