/** Bits that an element of each format takes in memory. */
export const BITS: Readonly<Record<string, number>> = { int2: 2, int4: 4, int8: 8, int16: 16, int32: 32, fp16: 16, fp32: 32, 'fp6-e3m2': 6 };

export function bitsOf(format: string): number {
  const bits = BITS[format];
  if (bits === undefined) throw new Error(`no bits are known of format '${format}'`);
  return bits;
}
