import { type ActionDeclarations, isPower } from './action.js';
import { dynamicEnergyScale, staticPowerScale, type Supply } from './supply.js';
import type { TileShape } from './tile-shape.js';

/** What a block is expected to spend, in picojoules at the supply it runs at. */
export interface ExpectedEnergy {
  ofTile(tile: TileShape): number;
  readonly perByteRead: number;
  readonly perByteWritten: number;
  readonly perByteMoved: number;
  readonly perSecond: number;
}

/** The declared actions of a block, as often as work that is known without simulating takes them. */
export function expectedEnergy({ actions, supply }: { readonly actions: ActionDeclarations; readonly supply?: Supply }): ExpectedEnergy {
  const dynamic = dynamicEnergyScale(supply);
  const known = Object.values(actions).flatMap((action) => (isPower(action) || action.energyPj === undefined ? [] : [action as Known]));
  const powerMw = Object.values(actions).reduce((sum, action) => sum + (isPower(action) ? (action.powerMw ?? 0) : 0), 0);
  const sum = (key: 'perByteRead' | 'perByteWritten' | 'perByteMoved' | 'perSecond'): number =>
    known.reduce((total, { energyPj, expected }) => total + energyPj * dynamic * (expected?.[key] ?? 0), 0);
  const byTile = known.flatMap(({ energyPj, expected }) => (expected?.ofTile === undefined ? [] : [{ pj: energyPj * dynamic, count: expected.ofTile }]));
  return {
    ofTile: (tile) => byTile.reduce((total, { pj, count }) => total + pj * count(tile), 0),
    perByteRead: sum('perByteRead'),
    perByteWritten: sum('perByteWritten'),
    perByteMoved: sum('perByteMoved'),
    perSecond: sum('perSecond') + powerMw * staticPowerScale(supply) * 1e9,
  };
}

type Known = { readonly energyPj: number } & Pick<Exclude<ActionDeclarations[string], { powerMw: unknown }>, 'expected'>;
