const known = new Map<string, Buffer>();
const most = 1_000; // what is not repeated after all must not fill the memory

/** The UTF-8 bytes of a text that many records repeat, made once; they must not be changed. */
export function repeatedBytes(text: string): Buffer {
  let bytes = known.get(text);
  if (bytes === undefined) {
    bytes = Buffer.from(text);
    if (known.size < most) known.set(text, bytes);
  }
  return bytes;
}
