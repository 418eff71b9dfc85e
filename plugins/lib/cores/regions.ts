import type { ResolvedRegion, RunningOperation } from 'tessera-sim';
import { type BurstList, Gate } from './burst-list.js';
import { StallClass } from './core-declarations.js';
import { addShare } from './region-share.js';

/** The region that an operation reads as this operand; undefined when it names none. */
export function operandOf(operation: RunningOperation, role: string): ResolvedRegion | undefined {
  for (const region of operation.reads) if (region.operand === role) return region;
  return undefined;
}

/** The second factor of a matrix product: weights, or a second activation. */
export function secondFactorOf(operation: RunningOperation): ResolvedRegion | undefined {
  return operandOf(operation, 'W') ?? operandOf(operation, 'I2');
}

/** Adds what a matrix product reads besides its two factors (bias, residual), once and whole. */
export function addSideOperands(out: BurstList, operation: RunningOperation, stream: number): void {
  const first = operandOf(operation, 'I');
  const second = secondFactorOf(operation);
  for (const region of operation.reads) {
    if (region === first || region === second || region.operand === 'O') continue;
    addShare(out, region, 0, 1, 0, Gate.end, Gate.end, StallClass.waitMemory, stream);
  }
}

/** The region that an operation writes. */
export function resultOf(operation: RunningOperation): ResolvedRegion | undefined {
  return operation.writes[0];
}

/** True when the result is added to what is there. */
export function accumulates(operation: RunningOperation): boolean {
  return operation.form.writes?.[0]?.mode === 'accumulate';
}
