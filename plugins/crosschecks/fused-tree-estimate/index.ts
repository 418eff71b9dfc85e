import { definePlugin, type ReferenceRecord } from 'tessera-sim';
import { evaluateTileflow, sixDigits, tileflowAudit, tileflowCase } from 'tessera-sim/tileflow';

/** TileFlow's estimates of fused trees, worked out from machine, problem and tree. */
const fusedTreeEstimateCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'fused-tree-estimate',
  version: '1.0.0',
  summary: "Works out TileFlow's cycles and movements of a tree of tiles and scopes",
  sources: ['docs/plugins/crosschecks/fused-tree-estimate.md'],
  recordKind: 'fused-tree-estimate',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
  audit: (record) => {
    const { cycles } = record.expected;
    return tileflowAudit(tileflowCase(record), typeof cycles === 'number' ? cycles : undefined);
  },
});

/** Cycles are printed whole, everything else with six digits. */
function simulate(record: ReferenceRecord): Readonly<Record<string, number>> {
  const { cycles, levels } = evaluateTileflow(tileflowCase(record));
  const values: Record<string, number> = { cycles };
  for (const [name, figures] of Object.entries(levels)) {
    const { reads, updates, fills, slowDown, tensorReads } = figures;
    values[`levels.${name}.Read`] = sixDigits(reads);
    values[`levels.${name}.Update`] = sixDigits(updates);
    values[`levels.${name}.Fill`] = sixDigits(fills);
    values[`levels.${name}.Write`] = sixDigits(updates + fills);
    values[`levels.${name}.slow_down`] = sixDigits(slowDown);
    for (const [tensor, words] of Object.entries(tensorReads)) values[`levels.${name}.per_tensor_read.${tensor}`] = sixDigits(words);
  }
  return values;
}

export default fusedTreeEstimateCrosscheck;
