import { hbm2 } from './hbm2.js';
import { inherit } from './inherit.js';
import { wait, waitSiblings } from './rows.js';

/** HBM3: pseudo-channels, stack identifiers, row commands on half clocks (one tick is half a clock). */
export const hbm3 = inherit(hbm2, {
  name: 'HBM3',
  source: 'JEDEC JESD238; half-clock row commands as in Ramulator 2.1',
  commandBus: 'half-cycle',
  prefetch: 8,
  commandCycles: { ACT: 1.5, PREpb: 0.5, PREab: 0.5, REFab: 0.5, REFpb: 0.5 },
  timings: { nRTPL: 'nRTP' },
  rules: {
    readToRead: 'nBL',
    writeToWrite: 'nBL',
    readToWrite: 'nRTW',
    prechargeToPrecharge: wait('rank', 'PREpb PREab', 'PREpb PREab', 'nPPD'),
    refreshBankToRefreshBank: wait('rank', 'REFpb', 'REFpb', 'nRREFD'),
    stackReadToRead: wait('sid', 'RD RDA', 'RD RDA', 'nCCDS'),
    stackWriteToWrite: wait('sid', 'WR WRA', 'WR WRA', 'nCCDS'),
    stackSwitchAfterRead: waitSiblings('sid', 'RD RDA', 'RD RDA', 'nCCDR'),
  },
  parts: {
    'HBM3-6400-4Gb': {
      organisation: { densityMegabits: 4096, dqBits: 32, channelWidthBits: 32, ranks: 2, stacks: 1, bankGroups: 4, banksPerGroup: 4, rows: 16384, columns: 256 },
      timings: { nBL: 2, nCL: 20, nRCDRD: 31, nRCDWR: 15, nRP: 26, nRAS: 45, nRC: 72, nWR: 33, nRTP: 9, nCWL: 10, nCCDS: 2, nCCDL: 4, nCCDR: 3, nRRDS: 4, nRRDL: 5, nFAW: 24, nWTRS: 7, nWTRL: 10, nRTW: 20, nRFC: 416, nRFCpb: 320, nRREFD: 8, nREFI: 6240, nREFIpb: 390, nPPD: 2, tCK_ps: 625 },
      source: 'JESD238 at 6.4 Gb/s, 4 Gb a channel',
    },
  },
});
