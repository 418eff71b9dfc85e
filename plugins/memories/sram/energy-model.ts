import { type ActionDeclarations, knownFigure } from 'tessera-sim';
import type { SramConfig } from './config.js';

/**
 * Energy of a 64-bit access by capacity, 45 nm, 0.9 V: M. Horowitz, "Computing's energy problem (and what we can do
 * about it)", ISSCC 2014, figure 1.1.9 (8 KB 10 pJ, 32 KB 20 pJ, 1 MB 100 pJ).
 */
const HOROWITZ_45NM: readonly (readonly [bytes: number, picojoules: number])[] = [
  [8 * 1024, 10],
  [32 * 1024, 20],
  [1024 * 1024, 100],
];

const TABLE_WORD_BITS = 64;

/**
 * Picojoules of one word access to a bank: straight lines through the published points on a log-log scale, continued
 * beyond both ends (bit lines and decoder grow with the square root of the capacity, as in CACTI), and proportional to
 * the word's width.
 */
export function accessPicojoules(bankBytes: number, wordBits: number): number {
  const last = HOROWITZ_45NM.length - 2;
  let segment = 0;
  while (segment < last && bankBytes > HOROWITZ_45NM[segment + 1]![0]) segment++;
  const [lowBytes, lowPj] = HOROWITZ_45NM[segment]!;
  const [highBytes, highPj] = HOROWITZ_45NM[segment + 1]!;
  const slope = Math.log(highPj / lowPj) / Math.log(highBytes / lowBytes);
  return lowPj * (bankBytes / lowBytes) ** slope * (wordBits / TABLE_WORD_BITS);
}

/** Word accesses, and what the cells leak. */
export function sramActions(config: SramConfig): ActionDeclarations {
  const { energyScale, capacityBytes, banks, wordBits, leakageMw } = config;
  const fitted = energyScale * accessPicojoules(capacityBytes / banks, wordBits);
  const isFitted = config.readEnergyPj === undefined || config.writeEnergyPj === undefined;
  const source = isFitted ? { source: 'Horowitz, ISSCC 2014, figure 1.1.9, by bank size and word width' } : {};
  return {
    read: { energyPj: config.readEnergyPj ?? fitted, unit: 'word', ...source, expected: { perByteRead: 8 / wordBits } },
    write: { energyPj: config.writeEnergyPj ?? fitted, unit: 'word', ...source, expected: { perByteWritten: 8 / wordBits } },
    leakage: { powerMw: knownFigure(leakageMw) },
  };
}
