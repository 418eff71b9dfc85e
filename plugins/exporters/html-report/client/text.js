/** Numbers and times as text. */

/**
 * @param {number} value
 * @returns {string}
 */
export function countText(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: Number.isInteger(value) ? 0 : 2 });
}

/** Units of time, in ticks of 1 ps. */
const TIME_UNITS = /** @type {const} */ ([
  { ticks: 1e12, name: 's' },
  { ticks: 1e9, name: 'ms' },
  { ticks: 1e6, name: 'us' },
  { ticks: 1e3, name: 'ns' },
  { ticks: 1, name: 'ps' },
]);

/**
 * The largest unit in which a time is at least one.
 * @param {number} ticks
 * @returns {{ ticks: number, name: string }}
 */
export function timeUnit(ticks) {
  return TIME_UNITS.find((unit) => Math.abs(ticks) >= unit.ticks) ?? { ticks: 1, name: 'ps' };
}

/**
 * @param {number} ticks
 * @returns {string}
 */
export function timeText(ticks) {
  const unit = timeUnit(ticks);
  return `${Number((ticks / unit.ticks).toPrecision(7)).toLocaleString('en-US', { maximumFractionDigits: 6 })} ${unit.name}`;
}

/**
 * A new element with text: never markup, so that names from a run stay names.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} [text]
 * @param {string} [className]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, text = '', className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}

/**
 * The value of a colour variable of the style sheet, as it is now (light, dark, print).
 * @param {string} name
 */
export function themeColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
