import type { StandardForm } from './form.js';
import { named } from './inherit.js';
import { wait, waitSiblings } from './rows.js';

/** DDR3 SDRAM: no bank groups, one command a clock. The other standards inherit its rules. */
export const ddr3: StandardForm = {
  name: 'DDR3',
  source: 'JEDEC JESD79-3F; rank switch and read-to-write turnaround as in Ramulator 2.1',
  commandBus: 'single',
  prefetch: 8,
  readLatency: 'nCL + nBL',
  refreshScope: 'rank',
  constraints: named({
    readBurst: wait('channel', 'RD RDA', 'RD RDA', 'nBL'),
    writeBurst: wait('channel', 'WR WRA', 'WR WRA', 'nBL'),
    readToRead: wait('rank', 'RD RDA', 'RD RDA', 'nCCD'),
    writeToWrite: wait('rank', 'WR WRA', 'WR WRA', 'nCCD'),
    readToWrite: wait('rank', 'RD RDA', 'WR WRA', 'nCL + nBL + 2 - nCWL'),
    writeToRead: wait('rank', 'WR WRA', 'RD RDA', 'nCWL + nBL + nWTR'),
    rankSwitchAfterRead: waitSiblings('rank', 'RD RDA', 'RD RDA WR WRA', 'nBL + nCS'),
    rankSwitchAfterWrite: waitSiblings('rank', 'WR WRA', 'RD RDA', 'nCWL + nBL + nCS - nCL'),
    readToPrechargeAll: wait('rank', 'RD', 'PREab', 'nRTP'),
    writeToPrechargeAll: wait('rank', 'WR', 'PREab', 'nCWL + nBL + nWR'),
    activateToActivate: wait('rank', 'ACT', 'ACT', 'nRRD'),
    activateWindow: wait('rank', 'ACT', 'ACT', 'nFAW', 4),
    activateToPrechargeAll: wait('rank', 'ACT', 'PREab', 'nRAS'),
    prechargeAllToActivate: wait('rank', 'PREab', 'ACT', 'nRP'),
    activateToRefresh: wait('rank', 'ACT', 'REFab', 'nRC'),
    prechargeToRefresh: wait('rank', 'PREpb', 'REFab', 'nRP'),
    prechargeAllToRefresh: wait('rank', 'PREab', 'REFab', 'nRP'),
    readAutoToRefresh: wait('rank', 'RDA', 'REFab', 'nRP + nRTP'),
    writeAutoToRefresh: wait('rank', 'WRA', 'REFab', 'nCWL + nBL + nWR + nRP'),
    refresh: wait('rank', 'REFab', 'ACT PREab', 'nRFC'),
    bankActivateToActivate: wait('bank', 'ACT', 'ACT', 'nRC'),
    activateToRead: wait('bank', 'ACT', 'RD RDA', 'nRCD'),
    activateToWrite: wait('bank', 'ACT', 'WR WRA', 'nRCD'),
    activateToPrecharge: wait('bank', 'ACT', 'PREpb', 'nRAS'),
    prechargeToActivate: wait('bank', 'PREpb', 'ACT', 'nRP'),
    readToPrecharge: wait('bank', 'RD', 'PREpb', 'nRTP'),
    writeToPrecharge: wait('bank', 'WR', 'PREpb', 'nCWL + nBL + nWR'),
    readAutoToActivate: wait('bank', 'RDA', 'ACT', 'nRTP + nRP'),
    writeAutoToActivate: wait('bank', 'WRA', 'ACT', 'nCWL + nBL + nWR + nRP'),
  }),
  parts: {
    'DDR3-1600K-4Gb-x8': {
      organisation: { densityMegabits: 4096, dqBits: 8, channelWidthBits: 64, ranks: 1, bankGroups: 1, banksPerGroup: 8, rows: 65536, columns: 1024 },
      timings: { nBL: 4, nCL: 11, nRCD: 11, nRP: 11, nRAS: 28, nRC: 39, nWR: 12, nRTP: 6, nCWL: 8, nCCD: 4, nRRD: 5, nWTR: 6, nFAW: 24, nRFC: 208, nREFI: 6240, nCS: 2, tCK_ps: 1250 },
      currents: { VDD: 1.35, IDD0: 55, IDD2N: 32, IDD3N: 38, IDD4R: 157, IDD4W: 118, IDD5AB: 235, IDD5PB: 0 },
      source: 'JESD79-3F speed bin 1600K; currents: typical 4 Gb DDR3L data sheet values',
    },
  },
};
