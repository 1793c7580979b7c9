const largeBytes = 130_000; // too large to go with the invocation: it is uploaded

/** Payloads of different sizes for one partition, with the keys of five scenes. */
export function tilesOf(partition: number, count: number): { readonly key: string; readonly value: Buffer }[] {
  return Array.from({ length: count }, (_, i) => ({
    key: `scene-${i % 5}`,
    value: Buffer.alloc(i % 8 === 1 ? largeBytes : 200, `${partition}/${i} `),
  }));
}
