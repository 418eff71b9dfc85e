import type { Audit, AuditBound } from '../core/analysis/audit/audit.js';
import type { RecordAudit } from '../core/reference/audit-records.js';
import { flexibleColumn, formatBytes, formatCount, formatSignedPercent, rightColumn, textTable } from '../core/text/index.js';

export type NamedAudit = RecordAudit;

const SHOWN = 5;

/** One audit in full; of several a line each, and the broken ones in full behind. */
export function auditText(audits: readonly NamedAudit[], all: boolean): string {
  const broken = audits.filter(({ audit }) => audit?.impossible === true);
  const whole = audits.length === 1 ? audits : broken;
  const lines = audits.length === 1 ? [] : [...table(audits), ''];
  for (const { id, audit, failed } of whole) lines.push(...(audit === undefined ? [`${id}: not audited: ${failed}`] : inFull(id, audit, all)), '');
  for (const { id, failed } of audits.length === 1 ? [] : audits.filter(({ audit }) => audit === undefined)) lines.push(`not audited: ${id}: ${failed}`);
  if (audits.length > 1) lines.push(`${broken.length} of ${audits.length} are impossible`);
  return lines.join('\n').trimEnd();
}

function table(audits: readonly NamedAudit[]): string[] {
  const columns = [flexibleColumn('of', 1, 12), rightColumn('estimated'), rightColumn('bound'), rightColumn('estimate'), flexibleColumn('tightest', 1, 12)];
  return textTable(
    columns,
    audits.flatMap(({ id, audit }) =>
      audit === undefined
        ? []
        : [[id, formatCount(audit.estimatedCycles, 1), formatCount(audit.boundCycles, 1), against(audit.estimatedCycles, audit.boundCycles), tightest(audit)]],
    ),
  );
}

function tightest({ bounds }: Audit): string {
  const first = bounds.find(({ layer, scope }) => layer === undefined && scope !== 'workload');
  return first === undefined ? '-' : first.resource;
}

function against(estimated: number | undefined, bound: number): string {
  return estimated === undefined || bound === 0 ? '-' : formatSignedPercent(estimated / bound - 1);
}

function inFull(id: string, audit: Audit, all: boolean): string[] {
  const { estimator, estimatedCycles, boundCycles, workloadBoundCycles, bounds, capacities, impossible } = audit;
  const lines = [id, `  estimated  ${formatCount(estimatedCycles, 1)} cycles${estimator === undefined ? '' : ` by ${estimator}`}`];
  lines.push(`  bound      ${formatCount(boundCycles, 1)} cycles of this mapping or schedule, whatever the hardware does beside`);
  if (workloadBoundCycles !== undefined) lines.push(`  workload   ${formatCount(workloadBoundCycles, 1)} cycles, whatever the mapping`);
  lines.push(`  verdict    ${verdict(audit, impossible)}`, '');
  const shown = all ? bounds : bounds.filter((bound, index) => bound.impossible || index < SHOWN);
  lines.push(...shown.map(boundLine));
  if (shown.length < bounds.length) lines.push(`    ${bounds.length - shown.length} more with --all`);
  for (const { resource, layer, bytes, capacityBytes, parts, impossible: over } of capacities) {
    if (!all && !over) continue;
    lines.push(
      `${over ? 'does not fit: ' : ''}${resource}${layer === undefined ? '' : ` in ${layer}`} holds ${formatBytes(bytes)} of ${formatBytes(capacityBytes)}${parts === undefined ? '' : ` (${parts})`}`,
    );
  }
  return lines;
}

function verdict({ estimatedCycles }: Audit, impossible: boolean): string {
  if (impossible) return 'IMPOSSIBLE: see the lines marked with !';
  return estimatedCycles === undefined ? 'no estimate to hold against it' : 'possible';
}

/** Never cut: the arithmetic is what convinces. */
function boundLine({ resource, layer, scope, estimatedCycles, arithmetic, impossible }: AuditBound): string {
  const of = `${resource}${layer === undefined ? '' : ` in ${layer}`}${scope === 'workload' ? ', any mapping' : ''}`;
  return `  ${impossible ? '!' : ' '} ${of}: ${arithmetic}${impossible ? `; estimated: ${formatCount(estimatedCycles, 1)}` : ''}`;
}
