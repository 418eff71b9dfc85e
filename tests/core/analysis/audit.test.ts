import { expect, it } from 'vitest';
import { auditOf, type AuditSubject } from '../../../core/index.js';

const subject: AuditSubject = {
  name: 'one port',
  estimator: 'somebody',
  estimatedCycles: 900,
  layerCycles: { a: 400 },
  demands: [
    { resource: 'array', kind: 'compute', amount: 25600, unit: 'MACs', perCycle: 256 },
    { resource: 'dram port', kind: 'port', amount: 8000, unit: 'words', perCycle: 8, parts: 'I 3,000 + W 5,000' },
    { layer: 'a', resource: 'dram port', kind: 'port', amount: 3200, unit: 'words', perCycle: 8 },
    { layer: 'b', resource: 'dram port', kind: 'port', amount: 4800, unit: 'words', perCycle: 8 },
    { scope: 'workload', resource: 'dram port', kind: 'port', amount: 4000, unit: 'words', perCycle: 8 },
  ],
  capacities: [{ resource: 'buffer', bytes: 100, capacityBytes: 100 }],
};

it('an estimate below what one port can move is impossible, with the arithmetic', () => {
  const audit = auditOf(subject);
  expect(audit).toMatchObject({ impossible: true, boundCycles: 1000, workloadBoundCycles: 500 });
  expect(audit.bounds[0]).toMatchObject({ resource: 'dram port', cycles: 1000, estimatedCycles: 900, impossible: true });
  expect(audit.bounds[0]!.arithmetic).toBe('8,000 words / 8 words per cycle = 1,000 cycles (I 3,000 + W 5,000)');
});

it('an estimate at the bound is possible; a layer is held against its own', () => {
  expect(auditOf({ ...subject, estimatedCycles: 1000 }).impossible).toBe(false);
  expect(auditOf({ ...subject, estimatedCycles: 1000, layerCycles: { a: 399 } }).bounds.filter(({ impossible }) => impossible)).toMatchObject([{ layer: 'a' }]);
});

it('what does not fit is impossible, also without an estimate', () => {
  const { estimatedCycles: _, ...none } = subject;
  expect(auditOf(none).impossible).toBe(false);
  expect(auditOf({ ...none, capacities: [{ resource: 'buffer', bytes: 101, capacityBytes: 100 }] }).impossible).toBe(true);
});
