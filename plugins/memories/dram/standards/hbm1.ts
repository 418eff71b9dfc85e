import { inherit } from './inherit.js';
import { singleRank } from './single-rank.js';

/** HBM1: one 128-bit channel, a row and a column command each clock. */
export const hbm1 = inherit(singleRank, {
  name: 'HBM1',
  source: 'JEDEC JESD235; two-cycle activate as in Ramulator 2.1',
  commandBus: 'row-and-column',
  prefetch: 2,
  commandCycles: { ACT: 2 },
  timings: { nRTP: 'nRTPL' },
  parts: {
    'HBM1-1Gbps-4Gb': {
      organisation: { densityMegabits: 4096, dqBits: 128, channelWidthBits: 128, ranks: 1, bankGroups: 4, banksPerGroup: 2, rows: 32768, columns: 128 },
      timings: {
        nBL: 1,
        nCL: 7,
        nRCDRD: 7,
        nRCDWR: 6,
        nRP: 7,
        nRAS: 17,
        nRC: 24,
        nWR: 8,
        nRTPL: 4,
        nCWL: 4,
        nCCDS: 1,
        nCCDL: 2,
        nRRDS: 4,
        nRRDL: 4,
        nWTRS: 3,
        nWTRL: 4,
        nFAW: 8,
        nRFC: 130,
        nRFCpb: 80,
        nRREFD: 4,
        nREFI: 1950,
        nREFIpb: 244,
        tCK_ps: 2000,
      },
      source: 'JESD235 at 1 Gb/s, 4 Gb a channel',
    },
  },
});
