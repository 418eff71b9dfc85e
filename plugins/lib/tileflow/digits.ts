/** A number as C++ prints it: six significant digits, and of two equally near the even one. */
export function sixDigits(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const printed = value.toPrecision(6);
  const up = Number(printed);
  const step = 10 ** (Math.floor(Math.log10(Math.abs(up))) - 5);
  const down = Number((up - Math.sign(value) * step).toPrecision(6));
  const tie = Math.abs(up) > Math.abs(value) && up - value === value - down;
  return tie && lastDigit(printed) % 2 === 1 ? down : up;
}

function lastDigit(printed: string): number {
  return Number(printed.replace(/e.*$/, '').at(-1));
}
