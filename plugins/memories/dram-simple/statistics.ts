import type { ProbeDeclaration, StallClasses, StatisticDeclaration } from 'tessera-sim';

export type DramStatistic =
  | 'reads'
  | 'writes'
  | 'bytesRead'
  | 'bytesWritten'
  | 'rowHits'
  | 'rowMisses'
  | 'rowConflicts'
  | 'activates'
  | 'columnReads'
  | 'columnWrites'
  | 'refreshes'
  | 'busBusyCycles'
  | 'answers'
  | 'latencyCycles'
  | 'meanLatencyCycles';

export const DRAM_STATISTICS: Readonly<Record<DramStatistic, StatisticDeclaration>> = {
  reads: { unit: 'transactions', description: 'Read bursts taken' },
  writes: { unit: 'transactions', description: 'Write bursts taken' },
  bytesRead: { unit: 'bytes', description: 'Bytes asked for by read bursts' },
  bytesWritten: { unit: 'bytes', description: 'Bytes brought by write bursts' },
  rowHits: { unit: 'accesses', description: 'Column accesses to a row that was open' },
  rowMisses: { unit: 'accesses', description: 'Column accesses that found the bank closed', slows: 'each waits until its row has been opened' },
  rowConflicts: {
    unit: 'accesses',
    description: 'Column accesses that found another row open',
    slows: 'each waits until that row has been closed and its own opened',
  },
  activates: { unit: 'commands', description: 'Row activations' },
  columnReads: { unit: 'accesses', description: 'Column reads; one moves burstBytes' },
  columnWrites: { unit: 'accesses', description: 'Column writes; one moves burstBytes' },
  refreshes: { unit: 'commands', description: 'All-bank refreshes over all channels' },
  busBusyCycles: { unit: 'cycles', description: 'Cycles in which a channel moved data, summed over channels' },
  answers: { unit: 'transactions', derived: true, description: 'Bursts answered' },
  latencyCycles: { unit: 'cycles', derived: true, description: 'Time from the sending of a burst to its response leaving the memory, summed' },
  meanLatencyCycles: {
    unit: 'cycles',
    ratio: ['latencyCycles', 'answers'],
    slows: 'bursts wait longer behind others, or are longer themselves, before what needs them can go on',
    description: 'Mean time from the sending of a burst to its response leaving the memory',
  },
};

export const DRAM_STALL_CLASSES: StallClasses = {
  idle: { role: 'rest', description: 'No request inside' },
  busy: { role: 'work', description: 'Requests are in service' },
  'wait-output': { role: 'wait', on: 'peer', description: 'A response finds no room' },
};

export const DRAM_PROBES: Readonly<Record<string, ProbeDeclaration>> = {
  burst: { type: 'span', description: 'One span per burst, from its arrival to its last byte on a bus', labels: ['read', 'write'] },
  channel: { type: 'span', description: "Use of a channel's data bus, one span per row", labels: ['read', 'write'], many: true },
  bank: { type: 'span', description: "Data of a bank on its channel's bus, one span per row", labels: ['read', 'write'], many: true },
  queue: { type: 'counter', description: 'Bursts in service', unit: 'transactions' },
};
