import type { ProbeDeclaration, StallClasses, StatisticDeclaration } from 'tessera-sim';
import { DRAM_PROBES, DRAM_STATISTICS, type DramStatistic } from 'tessera-sim/dram-simple';

export const PimStallClass = { idle: 0, busy: 1, waitOutput: 2, pim: 3, waitBanks: 4 } as const;
export const PIM_STALL_CLASSES: StallClasses = {
  idle: { role: 'rest', description: 'No request and no kernel' },
  busy: { role: 'work', description: 'Serves requests as a memory' },
  'wait-output': { role: 'wait', on: 'peer', description: 'A response finds no room' },
  pim: { role: 'work', description: 'Executes a kernel in the banks' },
  'wait-banks': { role: 'wait', on: 'bank', description: 'A kernel waits for banks that are busy with requests or refresh' },
};

export type PimStatistic = DramStatistic | 'kernels' | 'macs' | 'rowSteps' | 'macCommands' | 'broadcastBytes' | 'resultBytes';

export const PIM_STATISTICS: Readonly<Record<PimStatistic, StatisticDeclaration>> = {
  ...DRAM_STATISTICS,
  kernels: { unit: 'operations', description: 'Kernels that have ended' },
  macs: { unit: 'MACs', description: 'Multiply-accumulates of the kernels that have ended' },
  rowSteps: { unit: 'rows', description: 'Rows opened in all banks for MAC commands' },
  macCommands: { unit: 'commands', description: 'MAC commands; one reaches every bank of every channel' },
  broadcastBytes: { unit: 'bytes', description: 'Bytes of input vectors written into the global buffers' },
  resultBytes: { unit: 'bytes', description: 'Bytes of sums read from the banks, unused banks included' },
};

export const PIM_PROBES: Readonly<Record<string, ProbeDeclaration>> = {
  ...DRAM_PROBES,
  kernel: { type: 'span', description: 'One span per step of a kernel', labels: ['broadcast', 'row', 'row and result', 'write-out'] },
};
