import { ddr4 } from './ddr4.js';
import { inherit } from './inherit.js';
import { wait } from './rows.js';

/** DDR5 SDRAM (one 32-bit sub-channel): two-cycle activates and column commands, own write CAS-to-CAS delays. */
export const ddr5 = inherit(ddr4, {
  name: 'DDR5',
  source: 'JEDEC JESD79-5; two-cycle command adjustment and turnarounds as in Ramulator 2.1',
  prefetch: 16,
  commandCycles: { ACT: 2, RD: 2, RDA: 2, WR: 2, WRA: 2 },
  rules: {
    writeToWrite: 'nCCDS_WR',
    readToWrite: 'nCL + nBL + 2 - nCWL + 2',
    prechargeToPrecharge: wait('rank', 'PREpb PREab', 'PREpb PREab', 'nPPD'),
    groupWriteToWrite: 'nCCDL_WR',
  },
  parts: {
    'DDR5-4800B-16Gb-x8': {
      organisation: { densityMegabits: 16384, dqBits: 8, channelWidthBits: 32, ranks: 1, bankGroups: 8, banksPerGroup: 4, rows: 65536, columns: 1024 },
      timings: {
        nBL: 8,
        nCL: 36,
        nRCD: 36,
        nRP: 36,
        nRAS: 77,
        nRC: 113,
        nWR: 72,
        nRTP: 18,
        nCWL: 34,
        nPPD: 2,
        nCCDS: 8,
        nCCDL: 12,
        nCCDS_WR: 8,
        nCCDL_WR: 48,
        nRRDS: 8,
        nRRDL: 12,
        nWTRS: 6,
        nWTRL: 24,
        nFAW: 48,
        nRFC: 710,
        nREFI: 9375,
        nCS: 2,
        tCK_ps: 416,
      },
      currents: { VDD: 1.1, IDD0: 122, IDD2N: 102, IDD3N: 145, IDD4R: 358, IDD4W: 322, IDD5AB: 277, IDD5PB: 0 },
      source: 'JESD79-5 speed bin 4800B; currents: typical 16 Gb x8 data sheet values',
    },
  },
});
