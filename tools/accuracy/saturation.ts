import { readFileSync } from 'node:fs';
import { findSaturation, runRecord } from 'tessera-sim/traffic';
import { curvesOf, type Curve, type LoadRecord } from './curves.js';

/** Width of the last interval of the search, relative to the load. */
const PRECISION = 0.005;
/** The search starts from the reference's bracket, wider by this share at both ends. */
const WIDENING = 0.2;

export interface CurveSaturation {
  readonly curve: Curve;
  /** Flits per node and cycle; with `isLowerBound` the load is stable and nothing above it was tried. */
  readonly ownLoad: number;
  readonly isLowerBound: boolean;
  /** How far `ownLoad` lies outside the reference's bracket, in per cent of its nearer end; negative below it, 0 inside. */
  readonly outsidePct: number;
}

/** Saturation loads of all curves of a file of `noc-traffic` records. */
export function saturationsOf(file: string, progress: (text: string) => void): CurveSaturation[] {
  const { records } = JSON.parse(readFileSync(file, 'utf8')) as { records: LoadRecord[] };
  return curvesOf(records).map((curve) => {
    const found = saturationOf(curve, (load) => isStable(curve, load));
    progress(
      `${curve.name}: ${found.isLowerBound ? '>= ' : ''}${found.ownLoad.toPrecision(4)}, ${found.outsidePct.toFixed(1)} % outside ${curve.stableLoad} .. ${curve.unstableLoad ?? '?'}`,
    );
    return found;
  });
}

/** A curve that the reference did not drive into saturation is only asked whether its highest load is stable. */
export function saturationOf(curve: Curve, stableAt: (load: number) => boolean): CurveSaturation {
  const { stableLoad, unstableLoad } = curve;
  if (unstableLoad === undefined && stableAt(stableLoad)) return { curve, ownLoad: stableLoad, isLowerBound: true, outsidePct: 0 };
  const highest = unstableLoad === undefined ? stableLoad : unstableLoad * (1 + WIDENING);
  const found = findSaturation(stableAt, PRECISION, highest, stableLoad * (1 - WIDENING));
  const ownLoad = (found.stableLoad + found.unstableLoad) / 2;
  return { curve, ownLoad, isLowerBound: found.stableLoad === found.unstableLoad, outsidePct: outsidePct(ownLoad, curve) };
}

function isStable({ nearest }: Curve, load: number): boolean {
  return runRecord(nearest.config, { ...nearest.workload, injection_rate: load }).stable;
}

function outsidePct(load: number, { stableLoad, unstableLoad }: Curve): number {
  if (load < stableLoad) return (load / stableLoad - 1) * 100;
  return unstableLoad !== undefined && load > unstableLoad ? (load / unstableLoad - 1) * 100 : 0;
}
