import type { ResolvedRegion, RunningOperation } from '../../../core/index.js';

/** The region that an operation reads as this operand; undefined when it names none. */
export function operandOf(operation: RunningOperation, role: string): ResolvedRegion | undefined {
  for (const region of operation.reads) if (region.operand === role) return region;
  return undefined;
}

/** The region that an operation writes. */
export function resultOf(operation: RunningOperation): ResolvedRegion | undefined {
  return operation.writes[0];
}

/** True when the result is added to what is there. */
export function accumulates(operation: RunningOperation): boolean {
  return operation.form.writes?.[0]?.mode === 'accumulate';
}
