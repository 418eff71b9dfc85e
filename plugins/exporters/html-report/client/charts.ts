/** Charts by vega-embed, each when its panel is first seen: a hidden place has no width to fill. */
import type { PageData } from '../page-data.js';
import { GanttView } from './gantt-view.js';
import { element } from './text.js';

/** The global that vega-embed's bundle makes. */
type VegaEmbed = (place: HTMLElement, spec: object, options: object) => Promise<unknown>;

declare global {
  interface Window {
    readonly vegaEmbed: VegaEmbed;
  }
}

/** The expression interpreter stands in for generated code, which the page's policy forbids. */
const EMBED_OPTIONS = {
  renderer: 'svg',
  ast: true,
  actions: { export: true, source: false, compiled: false, editor: false },
  tooltip: { theme: 'custom' },
};

export function drawCharts(panel: Element, page: PageData): void {
  for (const place of undrawn(panel, 'chart')) {
    const spec = page.charts[place.dataset['chart'] ?? ''];
    if (spec === undefined) continue;
    window.vegaEmbed(place, spec, EMBED_OPTIONS).catch((error: unknown) => {
      place.replaceChildren(element('p', `This chart cannot be drawn: ${String(error)}`, 'note'));
      console.error(error);
    });
  }
}

export function drawGantts(panel: Element, page: PageData): void {
  for (const place of undrawn(panel, 'gantt')) {
    const input = page.gantts[place.dataset['gantt'] ?? ''];
    if (input !== undefined) gantts.push(new GanttView(place, input, page));
  }
}

/** The Gantts that have been drawn so far. */
export const gantts: GanttView[] = [];

/** Places of charts or Gantts that have not been seen yet; they are marked as drawn. */
function undrawn(panel: Element, kind: 'chart' | 'gantt'): HTMLElement[] {
  const places = [...panel.querySelectorAll<HTMLElement>(`[data-${kind}]`)].filter(({ dataset }) => dataset['drawn'] !== 'yes');
  for (const { dataset } of places) dataset['drawn'] = 'yes';
  return places;
}
