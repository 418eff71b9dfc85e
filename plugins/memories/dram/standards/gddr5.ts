import { inherit } from './inherit.js';
import { singleRank } from './single-rank.js';
import { wait, waitTogether } from './rows.js';

/** GDDR5 SGRAM: bank groups, a second activate window of 32. A bank refresh counts as an activate. */
export const gddr5 = inherit(singleRank, {
  name: 'GDDR5',
  source: 'JEDEC JESD212; timing structure as for GDDR6',
  // Its one rule of refreshes says these.
  without: ['refreshToRefresh', 'refreshToPrecharge', 'refreshToRefreshBank', 'refreshBankToRefreshBank', 'bankRefreshToRefresh'],
  rules: {
    readToWrite: 'nCL + 1',
    activateWindow: waitTogether('channel', 'ACT REFpb', 'ACT REFpb', 'nFAW', 4),
    longActivateWindow: waitTogether('channel', 'ACT REFpb', 'ACT REFpb', 'n32AW', 32),
    prechargeToPrecharge: wait('channel', 'PREpb PREab', 'PREpb PREab', 'nPPD'),
    refresh: wait('channel', 'REFab', 'ACT PREab PREpb RD WR RDA WRA REFab REFpb', 'nRFCab'),
    activateToRefreshBank: 'nRRDL',
    readAutoToRefreshBank: wait('channel', 'RDA', 'REFpb', 'nRP + nRTP'),
    writeAutoToRefreshBank: wait('channel', 'WRA', 'REFpb', 'nCWL + nBL + nWR + nRP'),
    refreshBankToActivate: wait('channel', 'REFpb', 'ACT REFpb', 'nRREFD'),
    groupActivateToActivate: wait('group', 'ACT', 'ACT REFpb', 'nRRDL'),
    bankRefreshToActivate: wait('bank', 'REFpb', 'ACT REFpb', 'nRFCpb'),
  },
  parts: {
    'GDDR5-8000-8Gb-x32': {
      organisation: { densityMegabits: 8192, dqBits: 32, channelWidthBits: 32, ranks: 1, bankGroups: 4, banksPerGroup: 4, rows: 16384, columns: 1024 },
      timings: {
        nBL: 2,
        nCL: 24,
        nRCDRD: 24,
        nRCDWR: 20,
        nRP: 24,
        nRAS: 56,
        nRC: 80,
        nWR: 24,
        nRTP: 2,
        nCWL: 7,
        nCCDS: 2,
        nCCDL: 3,
        nRRDS: 10,
        nRRDL: 10,
        nWTRS: 10,
        nWTRL: 10,
        nFAW: 40,
        n32AW: 360,
        nRFCab: 130,
        nRFCpb: 60,
        nRREFD: 10,
        nREFI: 3800,
        nREFIpb: 237,
        nPPD: 5,
        tCK_ps: 500,
      },
      currents: { VDD: 1.5, IDD0: 75, IDD2N: 45, IDD3N: 55, IDD4R: 211, IDD4W: 198, IDD5AB: 286, IDD5PB: 45 },
      source: 'JESD212 at 8 Gb/s; latencies and currents are estimates as in DRAMsim3',
    },
  },
});
