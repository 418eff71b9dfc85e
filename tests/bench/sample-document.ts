import { documentOf, joinFindings, STORED_NOTE, type BenchDocument } from '../../bench/report.js';

/** A document with one of each. */
export function sampleDocument(unit: BenchDocument['unit'] = { name: 'events of a loop', eventsPerCpuSecond: 9_000_000 }): BenchDocument {
  const findings = joinFindings([
    {
      measurements: {
        'noc load 0.2, run loop': { unit: 'CPU s', min: 0.5, median: 0.61234, max: 0.7 },
        "noc load 0.2, run loop, in the machine's unit": { unit: 'million unit events', min: 5, median: 5.5, max: 6 },
      },
      ratios: [{ name: 'noc load 0.2', against: 'commit 0b8cd75', interleaved: true, scope: 'runLoop', value: 0.912, bar: 0.97 }],
      stored: [{ name: 'noc load 0.2', tool: 'BookSim2', cpuSeconds: 3.836, work: '18123 cycles', note: STORED_NOTE }],
      notes: ['seen once'],
    },
    { measurements: { 'kernel, Tessera': { unit: 'million events / CPU s', min: 20, median: 21, max: 22 } }, ratios: [], stored: [], notes: ['seen once'] },
  ]);
  return documentOf(['kernel', 'noc'], { version: '0.1.0', node: 'v20.20.2', cpu: 'a processor' }, unit, findings);
}
