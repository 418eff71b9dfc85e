import { gddr5 } from './gddr5.js';
import { inherit } from './inherit.js';

/** GDDR6 SGRAM: one 16-bit channel of a die; GDDR5 without the window of 32 activates. */
export const gddr6 = inherit(gddr5, {
  name: 'GDDR6',
  source: 'JEDEC JESD250; refresh-as-activate in the four-activate window as in Ramulator 2.1',
  prefetch: 16,
  without: ['longActivateWindow'],
  parts: {
    'GDDR6-14000-8Gb-x16': {
      organisation: { densityMegabits: 8192, dqBits: 16, channelWidthBits: 16, ranks: 1, bankGroups: 4, banksPerGroup: 4, rows: 16384, columns: 1024 },
      timings: {
        nBL: 2,
        nCL: 24,
        nRCDRD: 27,
        nRCDWR: 16,
        nRP: 27,
        nRAS: 53,
        nRC: 79,
        nWR: 27,
        nRTP: 4,
        nCWL: 6,
        nCCDS: 2,
        nCCDL: 4,
        nRRDS: 8,
        nRRDL: 8,
        nWTRS: 9,
        nWTRL: 11,
        nFAW: 29,
        nRFCab: 211,
        nRFCpb: 106,
        nRREFD: 15,
        nREFI: 3333,
        nPPD: 1,
        tCK_ps: 570,
      },
      currents: { VDD: 1.35, IDD0: 71, IDD2N: 60, IDD3N: 61, IDD4R: 248, IDD4W: 231, IDD5AB: 286, IDD5PB: 45 },
      source: 'JESD250 with 8 Gb data sheet timings at 14 Gb/s; currents: typical 8 Gb data sheet values',
    },
  },
});
