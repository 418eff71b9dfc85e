/** Four significant digits without an exponent: `0.01234`, `12.34`, `1234000`. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e15 ? rounded.toExponential(3) : rounded.toLocaleString('en-US', { maximumSignificantDigits: 4, useGrouping: false });
}

/** A ratio beside its bar. */
export function verdict(value: number, bar: number | null): string {
  if (bar === null) return '';
  return value >= bar ? 'reached' : 'MISSED';
}
