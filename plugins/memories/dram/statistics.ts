import type { ProbeDeclaration, StallClasses, StatisticDeclaration } from 'tessera-sim';
import { COMMAND_NAMES } from './commands.js';

export type DramStatistic =
  | 'reads'
  | 'writes'
  | 'bytesRead'
  | 'bytesWritten'
  | 'linesRead'
  | 'linesWritten'
  | 'rowHits'
  | 'rowMisses'
  | 'rowConflicts'
  | 'readsForwarded'
  | 'linesMerged'
  | 'activates'
  | 'precharges'
  | 'refreshes'
  | 'turnaroundCycles'
  | 'refreshCycles'
  | 'ticks'
  | 'seconds'
  | 'occupancy'
  | 'lineReadsCompleted'
  | 'lineLatencyTicks'
  | 'lineBytes'
  | 'answers'
  | 'latencyCycles'
  | 'meanOccupancy'
  | 'meanLineLatencyCycles'
  | 'meanLatencyCycles'
  | 'bandwidthBytesPerSecond';

const lines = (description: string, slows?: string): StatisticDeclaration => ({ unit: 'lines', description, ...(slows === undefined ? {} : { slows }) });
const commands = (description: string): StatisticDeclaration => ({ unit: 'commands', description });

/** Means and rates, and the sums over which they are formed. */
const derivedStatistics = {
  ticks: { unit: 'DRAM ticks', derived: true, description: 'Length of the run' },
  seconds: { unit: 's', derived: true, description: 'Length of the run' },
  occupancy: { unit: 'lines x ticks', derived: true, description: 'Line accesses held by the controllers, summed over the ticks of the run' },
  meanOccupancy: { unit: 'lines', ratio: ['occupancy', 'ticks'], description: 'Line accesses held by the controllers, mean over the run' },
  lineReadsCompleted: { unit: 'lines', derived: true, description: 'Line reads whose last beat has come' },
  lineLatencyTicks: { unit: 'DRAM ticks', derived: true, description: 'From the acceptance of a line read by its channel to its last beat, summed' },
  meanLineLatencyCycles: {
    unit: 'DRAM ticks',
    ratio: ['lineLatencyTicks', 'lineReadsCompleted'],
    description: 'From the acceptance of a line read by its channel to its last beat, mean',
  },
  answers: { unit: 'transactions', derived: true, description: 'Bursts answered' },
  latencyCycles: { unit: 'cycles', derived: true, description: 'From the sending of a burst to its response leaving the memory, summed' },
  meanLatencyCycles: {
    unit: 'cycles',
    ratio: ['latencyCycles', 'answers'],
    description: 'From the sending of a burst to its response leaving the memory, mean, in cycles of the block',
    slows: 'bursts wait longer behind others, or are longer themselves, before what needs them can go on',
  },
  lineBytes: { unit: 'bytes', derived: true, description: 'Lines moved times line bytes' },
  bandwidthBytesPerSecond: { unit: 'B/s', ratio: ['lineBytes', 'seconds'], description: 'Lines moved times line bytes over the length of the run' },
} as const satisfies Partial<Record<DramStatistic, StatisticDeclaration>>;

export const DRAM_STATISTICS: Readonly<Record<DramStatistic, StatisticDeclaration>> = {
  reads: { unit: 'transactions', description: 'Read bursts taken' },
  writes: { unit: 'transactions', description: 'Write bursts taken' },
  bytesRead: { unit: 'bytes', description: 'Bytes asked for by read bursts' },
  bytesWritten: { unit: 'bytes', description: 'Bytes brought by write bursts' },
  linesRead: lines('Line reads that the channels took'),
  linesWritten: lines('Line writes that the channels took'),
  rowHits: lines('Line accesses whose first command was a column command to the open row'),
  rowMisses: lines('Line accesses that found the bank closed', 'each waits until its row has been opened'),
  rowConflicts: lines('Line accesses that had to close another row', 'each waits until that row has been closed and its own opened'),
  readsForwarded: lines('Line reads answered from a waiting write'),
  linesMerged: lines('Line accesses merged with a waiting one to the same line'),
  activates: commands('Row activations'),
  precharges: commands('Precharges of one bank or of all'),
  refreshes: commands('Refreshes of a rank, channel or bank'),
  turnaroundCycles: { unit: 'DRAM ticks', description: 'Data bus idle between a read and a write, summed over channels' },
  refreshCycles: { unit: 'DRAM ticks', description: 'Duration of all refresh commands, summed' },
  ...derivedStatistics,
};

export const DRAM_STALL_CLASSES: StallClasses = {
  idle: { role: 'rest', description: 'No request inside' },
  serving: { role: 'work', description: 'Requests are in service' },
  'wait-output': { role: 'wait', on: 'peer', description: 'A response finds no room' },
};

export const DRAM_PROBES: Readonly<Record<string, ProbeDeclaration>> = {
  burst: { type: 'span', description: 'One span per burst, from its arrival to its last line', labels: ['read', 'write'] },
  command: {
    type: 'point',
    description: `Every DRAM command: code (${COMMAND_NAMES.map((name, code) => `${code} ${name}`).join(', ')}) (from ${COMMAND_NAMES.length} on those that the standard declares) and bank, banks of all channels counted through`,
  },
  bank: { type: 'span', description: 'One span per open row, from activate to precharge; label is the bank, counted through all channels' },
  queue: { type: 'counter', description: 'Bursts in service', unit: 'transactions' },
};
