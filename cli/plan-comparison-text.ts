import type { PlanComparison } from '../core/analysis/compare-plans.js';
import { flexibleColumn, formatCount, formatSignedPercent, rightColumn, textTable } from '../core/text/index.js';

const SHOWN = 40;

/** Sentences, and a table of what the differences do. */
export function planComparisonText({ titleA, titleB, same, differences, effects }: PlanComparison, fileA: string, fileB: string): string {
  const lines = [`A: ${titleA} (${fileA})`, `B: ${titleB} (${fileB})`, ''];
  if (same) lines.push('They mean the same.');
  for (const { layer, message } of differences.slice(0, SHOWN)) lines.push(`  ${layer === undefined ? '' : `${layer}: `}${message}`);
  if (differences.length > SHOWN) lines.push(`  and ${differences.length - SHOWN} more differences (--json has all)`);
  if (effects.length === 0) return lines.join('\n');
  const rows = effects.map(({ of, a, b }) => [of, formatCount(a), formatCount(b), a === 0 ? '-' : formatSignedPercent(b / a - 1)]);
  return [...lines, '', ...textTable([flexibleColumn('what it does', 1, 12), ...['A', 'B', 'B - A'].map(rightColumn)], rows)].join('\n');
}
