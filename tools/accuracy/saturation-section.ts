import type { CurveSaturation } from './saturation.js';

export const SATURATION_TITLE = 'Saturation';
/** The aim: no curve further outside its bracket. */
const AIM_PCT = 3;

/** The curves as a section of the accuracy page. */
export function saturationSection(curves: readonly CurveSaturation[]): string {
  const bracketed = curves.filter(({ curve }) => curve.unstableLoad !== undefined);
  const missed = curves.filter(({ outsidePct }) => Math.abs(outsidePct) > AIM_PCT);
  return [
    `## ${SATURATION_TITLE}`,
    'Made by `npm run accuracy -- --saturation`. BookSim2 saturates between the highest load of a curve that it finds stable and the lowest that it',
    'does not. Ours is found by bisection to 0.5 % with the configuration, workload and seed of the curve’s record next to saturation; beside it,',
    'how far it lies outside that bracket. Where no record is unstable only the highest stable load is run (>=). Loads are flits per node and cycle.',
    '',
    `${bracketed.length} curves with a bracket, ${curves.length - bracketed.length} with a lower bound only; ${missed.length} more than ${AIM_PCT} % outside.`,
    '',
    '| curve | BookSim2 stable | BookSim2 unstable | Tessera | outside |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...curves.map(rowOf),
  ].join('\n');
}

function rowOf({ curve, ownLoad, isLowerBound, outsidePct }: CurveSaturation): string {
  const own = `${isLowerBound ? '>= ' : ''}${ownLoad.toPrecision(3)}`;
  return `| ${curve.name} | ${curve.stableLoad} | ${curve.unstableLoad ?? '-'} | ${own} | ${outsidePct.toFixed(1)} % |`;
}
