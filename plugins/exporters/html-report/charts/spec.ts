/** A vega-lite specification; plain JSON, checked by compiling it in the tests. */
export type Spec = Readonly<Record<string, unknown>>;

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json';

/**
 * A chart as wide as its place. Text and lines take their colours from the page's style sheet, so that one chart serves
 * light, dark and paper.
 */
export function chart(body: Spec): Spec {
  return {
    $schema: SCHEMA,
    width: 'container',
    background: null,
    ...body,
    config: {
      view: { stroke: null },
      axis: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', labelLimit: 170, gridOpacity: 0.6 },
      legend: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', orient: 'top', labelLimit: 160, symbolType: 'square' },
      font: 'system-ui, sans-serif',
    },
  };
}

/** Height of a chart with so many bars; a number, since vega-lite complains about steps in a chart that fits its width. */
export function barsHeight(bars: number, pixelsPerBar = 19): number {
  return Math.max(1, bars) * pixelsPerBar;
}

export const COUNT_AXIS = { format: '~s', tickCount: 6 } as const;
