/** The matrix product that a tile's loops come to, once per group. */
export interface GemmView {
  /** Independent products, run one after another (grouped and depthwise convolutions, batched matrix products). */
  groups: number;
  /** Output pixels: B * OY * OX. */
  m: number;
  /** Output channels: K. */
  n: number;
  /** Length of the reduction: C * FY * FX. */
  reduction: number;
}

/** Reads the loops of a tile into `view`; loops that are not named count 1. */
export function readGemmView(loops: Readonly<Record<string, number>> | undefined, view: GemmView): void {
  view.groups = loops?.['G'] ?? 1;
  view.m = (loops?.['B'] ?? 1) * (loops?.['OY'] ?? 1) * (loops?.['OX'] ?? 1);
  view.n = loops?.['K'] ?? 1;
  view.reduction = (loops?.['C'] ?? 1) * (loops?.['FY'] ?? 1) * (loops?.['FX'] ?? 1);
}

export function gemmViewOf(loops: Readonly<Record<string, number>> | undefined): GemmView {
  const view = { groups: 1, m: 1, n: 1, reduction: 1 };
  readGemmView(loops, view);
  return view;
}

/** Multiply-accumulates of the tile. */
export function macsOf(view: GemmView): number {
  return view.groups * view.m * view.n * view.reduction;
}

/** True when the tile adds to partial sums that an earlier tile of the same outputs left: its reduction loops do not start at 0. */
export function continuesReduction(at: Readonly<Record<string, number>> | undefined): boolean {
  return (at?.['C'] ?? 0) > 0 || (at?.['FY'] ?? 0) > 0 || (at?.['FX'] ?? 0) > 0;
}
