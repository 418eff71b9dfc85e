/** Numbers and times as text. */

export function countText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Number.isInteger(value) ? 0 : 2 });
}

export interface TimeUnit {
  readonly ticks: number;
  readonly name: string;
}

const PICOSECOND: TimeUnit = { ticks: 1, name: 'ps' };

/** Units of time, in ticks of 1 ps. */
const TIME_UNITS: readonly TimeUnit[] = [
  { ticks: 1e12, name: 's' },
  { ticks: 1e9, name: 'ms' },
  { ticks: 1e6, name: 'us' },
  { ticks: 1e3, name: 'ns' },
  PICOSECOND,
];

/** The largest unit in which a time is at least one. */
export function timeUnit(ticks: number): TimeUnit {
  return TIME_UNITS.find((unit) => Math.abs(ticks) >= unit.ticks) ?? PICOSECOND;
}

export function timeText(ticks: number): string {
  const unit = timeUnit(ticks);
  return `${Number((ticks / unit.ticks).toPrecision(7)).toLocaleString('en-US', { maximumFractionDigits: 6 })} ${unit.name}`;
}

/** A new element with text: never markup, so that names from a run stay names. */
export function element<Name extends keyof HTMLElementTagNameMap>(name: Name, text = '', className = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}

/** The value of a colour variable of the style sheet, as it is now (light, dark, print). */
export function themeColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
