/** Bits `first` .. `last`, both included, last <= 31. */
export function bitRange(first: number, last: number): number {
  const upTo = last === 31 ? -1 : (1 << (last + 1)) - 1;
  return upTo & (-1 << first);
}
