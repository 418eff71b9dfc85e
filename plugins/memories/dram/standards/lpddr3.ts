import { ddr3 } from './ddr3.js';
import { inherit } from './inherit.js';
import { wait } from './rows.js';

/** LPDDR3 SDRAM: no bank groups, slower all-bank precharge, per-bank refresh. */
export const lpddr3 = inherit(ddr3, {
  name: 'LPDDR3',
  source: 'JEDEC JESD209-3; turnarounds from the same document',
  rules: {
    readToWrite: 'nCL + nDQSCK + nBL + 1 - nCWL',
    prechargeAllToActivate: 'nRPab',
    prechargeAllToRefresh: 'nRPab',
    refresh: wait('rank', 'REFab', 'ACT PREab REFpb', 'nRFC'),
    refreshBankToActivate: wait('rank', 'REFpb', 'ACT', 'nRRD'),
    refreshBankToRefresh: wait('rank', 'REFpb', 'REFab', 'nRFCpb'),
    refreshBankToRefreshBank: wait('rank', 'REFpb', 'REFpb', 'nRFCpb'),
    activateToRefreshBank: wait('rank', 'ACT', 'REFpb', 'nRRD'),
    bankRefreshToActivate: wait('bank', 'REFpb', 'ACT', 'nRFCpb'),
    bankActivateToRefresh: wait('bank', 'ACT', 'REFpb', 'nRC'),
    refreshBankToPrechargeAll: wait('rank', 'REFpb', 'PREab', 'nRFCpb'),
    prechargeAllToRefreshBank: wait('rank', 'PREab', 'REFpb', 'nRPab'),
    bankRefreshToPrecharge: wait('bank', 'REFpb', 'PREpb', 'nRFCpb'),
    bankPrechargeToRefresh: wait('bank', 'PREpb', 'REFpb', 'nRP'),
    bankReadAutoToRefresh: wait('bank', 'RDA', 'REFpb', 'nRTP + nRP'),
    bankWriteAutoToRefresh: wait('bank', 'WRA', 'REFpb', 'nCWL + nBL + nWR + nRP'),
  },
  parts: {
    'LPDDR3-1600-8Gb-x32': {
      organisation: { densityMegabits: 8192, dqBits: 32, channelWidthBits: 32, ranks: 1, bankGroups: 1, banksPerGroup: 8, rows: 32768, columns: 1024 },
      timings: {
        nBL: 4,
        nCL: 12,
        nDQSCK: 4,
        nRCD: 15,
        nRP: 15,
        nRPab: 17,
        nRAS: 34,
        nRC: 51,
        nWR: 12,
        nRTP: 6,
        nCWL: 9,
        nCCD: 4,
        nRRD: 8,
        nWTR: 6,
        nFAW: 40,
        nRFC: 168,
        nRFCpb: 72,
        nREFI: 3120,
        nREFIpb: 390,
        nCS: 2,
        tCK_ps: 1250,
      },
      currents: { VDD: 1.2, IDD0: 40, IDD2N: 20.5, IDD3N: 21, IDD4R: 250, IDD4W: 245, IDD5AB: 150, IDD5PB: 25 },
      source: 'JESD209-3 at 1600 MT/s; currents: typical 8 Gb x32 data sheet values',
    },
  },
});
