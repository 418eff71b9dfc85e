import { inherit } from './inherit.js';
import { lpddr3 } from './lpddr3.js';
import { wait } from './rows.js';

/** LPDDR4 SDRAM (one 16-bit channel): burst of 16, precharges at least tPPD apart. */
export const lpddr4 = inherit(lpddr3, {
  name: 'LPDDR4',
  family: 'LPDDR4',
  source: 'JEDEC JESD209-4; turnarounds from the same document',
  prefetch: 16,
  rules: { prechargeToPrecharge: wait('rank', 'PREpb PREab', 'PREpb PREab', 'nPPD') },
  parts: {
    'LPDDR4-3200-8Gb-x16': {
      organisation: { densityMegabits: 8192, dqBits: 16, channelWidthBits: 16, ranks: 1, bankGroups: 1, banksPerGroup: 8, rows: 65536, columns: 1024 },
      timings: {
        nBL: 8,
        nCL: 28,
        nDQSCK: 6,
        nRCD: 29,
        nRP: 29,
        nRPab: 34,
        nRAS: 68,
        nRC: 97,
        nWR: 29,
        nRTP: 12,
        nCWL: 14,
        nPPD: 4,
        nCCD: 8,
        nRRD: 16,
        nWTR: 16,
        nFAW: 64,
        nRFC: 448,
        nRFCpb: 224,
        nREFI: 6246,
        nREFIpb: 781,
        nCS: 2,
        tCK_ps: 625,
      },
      currents: { VDD: 1.1, IDD0: 80, IDD2N: 34, IDD3N: 47, IDD4R: 243, IDD4W: 228, IDD5AB: 280, IDD5PB: 50 },
      source: 'JESD209-4 at 3200 MT/s; currents: typical 8 Gb x16 data sheet values',
    },
  },
});
