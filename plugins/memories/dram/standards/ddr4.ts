import { ddr3 } from './ddr3.js';
import { inherit } from './inherit.js';
import { wait } from './rows.js';

/** DDR4 SDRAM: DDR3 with bank groups, in which delays are longer than between them. */
export const ddr4 = inherit(ddr3, {
  name: 'DDR4',
  source: 'JEDEC JESD79-4; rank switch and read-to-write turnaround as in Ramulator 2.1',
  timings: { nCCD: 'nCCDS', nRRD: 'nRRDS', nWTR: 'nWTRS' },
  rules: {
    groupReadToRead: wait('group', 'RD RDA', 'RD RDA', 'nCCDL'),
    groupWriteToWrite: wait('group', 'WR WRA', 'WR WRA', 'nCCDL'),
    groupWriteToRead: wait('group', 'WR WRA', 'RD RDA', 'nCWL + nBL + nWTRL'),
    groupActivateToActivate: wait('group', 'ACT', 'ACT', 'nRRDL'),
  },
  parts: {
    'DDR4-2400R-8Gb-x8': {
      organisation: { densityMegabits: 8192, dqBits: 8, channelWidthBits: 64, ranks: 1, bankGroups: 4, banksPerGroup: 4, rows: 65536, columns: 1024 },
      timings: { nBL: 4, nCL: 16, nRCD: 16, nRP: 16, nRAS: 39, nRC: 55, nWR: 18, nRTP: 9, nCWL: 12, nCCDS: 4, nCCDL: 6, nRRDS: 4, nRRDL: 6, nWTRS: 3, nWTRL: 9, nFAW: 26, nRFC: 433, nREFI: 9364, nCS: 2, tCK_ps: 833 },
      currents: { VDD: 1.2, IDD0: 48, IDD2N: 34, IDD3N: 43, IDD4R: 135, IDD4W: 123, IDD5AB: 250, IDD5PB: 5 },
      source: 'JESD79-4 speed bin 2400R; currents: typical 8 Gb x8 data sheet values',
    },
    'DDR4-3200AA-8Gb-x8': {
      organisation: { densityMegabits: 8192, dqBits: 8, channelWidthBits: 64, ranks: 1, bankGroups: 4, banksPerGroup: 4, rows: 65536, columns: 1024 },
      timings: { nBL: 4, nCL: 22, nRCD: 22, nRP: 22, nRAS: 52, nRC: 74, nWR: 24, nRTP: 12, nCWL: 16, nCCDS: 4, nCCDL: 8, nRRDS: 4, nRRDL: 8, nWTRS: 4, nWTRL: 12, nFAW: 34, nRFC: 576, nREFI: 12480, nCS: 2, tCK_ps: 625 },
      currents: { VDD: 1.2, IDD0: 57, IDD2N: 37, IDD3N: 52, IDD4R: 168, IDD4W: 150, IDD5AB: 250, IDD5PB: 5 },
      source: 'JESD79-4 speed bin 3200AA; currents: typical 8 Gb x8 data sheet values',
    },
  },
});
