import type { Spec } from '../spec.js';

/** Legible on light and on dark ground, and told apart by lightness too. */
const UTILISATION_COLOURS = ['#8fb3cf', '#e69f00', '#b3260b'];
const TOPS = [1, 2, 5, 10, 20, 30, 40, 50, 60, 80, 100];

/** Colour by utilisation in percent, up to a round number above the busiest: hot spots of a quiet network show too. */
export function utilisationColour(busiestPercent: number): Spec {
  const top = TOPS.find((candidate) => candidate >= busiestPercent) ?? 100;
  return {
    field: 'percent',
    type: 'quantitative',
    title: 'Utilisation (%)',
    scale: { domain: [0, top / 2, top], range: UTILISATION_COLOURS, interpolate: 'rgb', clamp: true },
    legend: { orient: 'top', direction: 'horizontal', gradientLength: 220, type: 'gradient', tickCount: 5 },
  };
}
