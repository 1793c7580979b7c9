/** Reads unsigned integers from headers of unknown length: bytes past the end count as zero, which no caller takes for a size. */
export const readUint = {
  be16: (bytes: Uint8Array, at: number): number => byte(bytes, at) * 0x100 + byte(bytes, at + 1),
  be32: (bytes: Uint8Array, at: number): number => readUint.be16(bytes, at) * 0x10000 + readUint.be16(bytes, at + 2),
  le16: (bytes: Uint8Array, at: number): number => byte(bytes, at) + byte(bytes, at + 1) * 0x100,
  le24: (bytes: Uint8Array, at: number): number => readUint.le16(bytes, at) + byte(bytes, at + 2) * 0x10000,
  le32: (bytes: Uint8Array, at: number): number => readUint.le16(bytes, at) + readUint.le16(bytes, at + 2) * 0x10000,
} as const;

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
