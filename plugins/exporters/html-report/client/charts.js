/** Charts by vega-embed, each when its panel is first seen: a hidden place has no width to fill. */
import { GanttView } from './gantt-view.js';
import { element } from './text.js';

/** @import { PageInput, VegaEmbed } from './types.js' */

const embed = /** @type {{ vegaEmbed: VegaEmbed }} */ (/** @type {unknown} */ (window)).vegaEmbed;

/**
 * The expression interpreter stands in for generated code, which the page's policy forbids.
 */
const EMBED_OPTIONS = {
  renderer: 'svg',
  ast: true,
  actions: { export: true, source: false, compiled: false, editor: false },
  tooltip: { theme: 'custom' },
};

/**
 * @param {HTMLElement} panel
 * @param {PageInput} page
 */
export function drawCharts(panel, page) {
  for (const place of panel.querySelectorAll('[data-chart]')) {
    if (!(place instanceof HTMLElement) || place.dataset['drawn'] === 'yes') continue;
    place.dataset['drawn'] = 'yes';
    const spec = page.charts[place.dataset['chart'] ?? ''];
    if (spec === undefined) continue;
    embed(place, spec, EMBED_OPTIONS).catch((/** @type {unknown} */ error) => {
      place.replaceChildren(element('p', `This chart cannot be drawn: ${String(error)}`, 'note'));
      console.error(error);
    });
  }
}

/**
 * @param {HTMLElement} panel
 * @param {PageInput} page
 */
export function drawGantts(panel, page) {
  for (const place of panel.querySelectorAll('[data-gantt]')) {
    if (!(place instanceof HTMLElement) || place.dataset['drawn'] === 'yes') continue;
    place.dataset['drawn'] = 'yes';
    const input = page.gantts[place.dataset['gantt'] ?? ''];
    if (input !== undefined) gantts.push(new GanttView(place, input, page));
  }
}

/** @type {GanttView[]} */
export const gantts = [];
