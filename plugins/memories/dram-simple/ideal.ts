import type { IdealDeclaration } from 'tessera-sim';
import type { DramShape } from './timing.js';

export type DramIdeal = 'refresh' | 'rowMisses' | 'busTurnaround';

const ORDER = 'requests may come in another order';

export const DRAM_IDEAL: Readonly<Record<DramIdeal, IdealDeclaration>> = {
  refresh: {
    description: 'no refresh',
    anomaly: { reason: `a refresh closes the rows, so that none has to be closed before the next access; ${ORDER}`, atMost: 0.02 },
  },
  rowMisses: { description: 'every access finds its row open, and activates nothing', anomaly: { reason: ORDER, atMost: 0.02 } },
  busTurnaround: { description: 'no idle cycles of the bus between reads and writes', anomaly: { reason: ORDER, atMost: 0.02 } },
};

/** The sizes and times of a DRAM without the mechanisms that its configuration idealises. */
export function idealised<Config extends DramShape & { readonly ideal: readonly string[] }>(config: Config): Config {
  const { ideal } = config;
  return {
    ...config,
    ...(ideal.includes('refresh') ? { tREFI: 0 } : {}),
    ...(ideal.includes('rowMisses') ? { everyRowIsOpen: true, tRCD: 0, tRP: 0, tRAS: 0, tRTP: 0, tWR: 0, tRRD: 0 } : {}),
    ...(ideal.includes('busTurnaround') ? { tTurn: 0 } : {}),
  };
}
