import { hbm1 } from './hbm1.js';
import { inherit } from './inherit.js';

/** HBM2 in pseudo-channel mode: two 64-bit halves share the row and the column command bus of the channel. */
export const hbm2 = inherit(hbm1, {
  name: 'HBM2',
  source: 'JEDEC JESD235D; two-cycle activate as in Ramulator 2.1',
  prefetch: 4,
  refreshScope: 'rank',
  levels: { channel: 'rank' },
  parts: {
    'HBM2-2000-4Gb': {
      organisation: { densityMegabits: 4096, dqBits: 64, channelWidthBits: 64, ranks: 2, bankGroups: 4, banksPerGroup: 4, rows: 32768, columns: 128 },
      timings: {
        nBL: 2,
        nCL: 14,
        nRCDRD: 14,
        nRCDWR: 12,
        nRP: 14,
        nRAS: 34,
        nRC: 48,
        nWR: 16,
        nRTPL: 5,
        nCWL: 5,
        nCCDS: 2,
        nCCDL: 4,
        nRRDS: 4,
        nRRDL: 4,
        nWTRS: 6,
        nWTRL: 8,
        nFAW: 15,
        nRFC: 260,
        nRFCpb: 160,
        nRREFD: 8,
        nREFI: 3900,
        nREFIpb: 122,
        tCK_ps: 1000,
      },
      currents: { VDD: 1.2, IDD0: 65, IDD2N: 40, IDD3N: 55, IDD4R: 390, IDD4W: 500, IDD5AB: 250, IDD5PB: 5 },
      source: 'JESD235D at 2 Gb/s, 4 Gb a channel; currents: published HBM2 estimates as in DRAMsim3',
    },
  },
});
