import { inherit } from './inherit.js';
import { lpddr4 } from './lpddr4.js';
import { wait } from './rows.js';

/** LPDDR5 in bank-group mode (CK:WCK 1:4): two-part activation, WCK synchronised by a CAS command before an access. ACT is its ACT-1. */
export const lpddr5 = inherit(lpddr4, {
  name: 'LPDDR5',
  source: 'JEDEC JESD209-5; WCK expiry and split activation as in Ramulator 2.1',
  readLatency: 'nCL + nBL_min',
  splitActivation: true,
  timings: { nBL: 'nBL_min', nCCD: 'nCCDS', nRRD: 'nRRDS', nWTR: 'nWTRS' },
  without: ['activateToRefreshBank', 'bankReadAutoToRefresh', 'bankWriteAutoToRefresh'],
  rules: {
    syncToRead: wait('bank', 'CAS_RD', 'RD RDA', 'nCAS'),
    syncToWrite: wait('bank', 'CAS_WR', 'WR WRA', 'nCAS'),
    writeToWrite: 'nCCDS_WR',
    readToWrite: 'nCL + nBL_min + 2 - nCWL',
    rankSwitchAfterWrite: 'nCL + nBL_min + nCS - nCWL',
    prechargeAllToRefresh: 'nRP',
    refreshBankToActivate: 'nPBR2ACT',
    refreshBankToRefreshBank: 'nPBR2PBR',
    groupReadToRead: wait('group', 'RD RDA', 'RD RDA', 'nCCDL'),
    groupWriteToWrite: wait('group', 'WR WRA', 'WR WRA', 'nCCDL_WR'),
    groupWriteToRead: wait('group', 'WR WRA', 'RD RDA', 'nCWL + nBL_max + nWTRL'),
    groupActivateToActivate: wait('group', 'ACT', 'ACT', 'nRRDL'),
  },
  parts: {
    'LPDDR5-6400-8Gb-x16': {
      organisation: { densityMegabits: 8192, dqBits: 16, channelWidthBits: 16, ranks: 1, bankGroups: 4, banksPerGroup: 4, rows: 32768, columns: 1024 },
      timings: { nBL_min: 2, nBL_max: 4, nCL: 17, nRCD: 15, nRP: 15, nRPab: 17, nRAS: 34, nRC: 49, nWR: 28, nRTP: 8, nCWL: 9, nPPD: 2, nCCDS: 2, nCCDL: 4, nCCDS_WR: 2, nCCDL_WR: 4, nRRDS: 4, nRRDL: 4, nWTRS: 5, nWTRL: 10, nFAW: 16, nRFC: 168, nRFCpb: 96, nREFI: 3125, nREFIpb: 391, nWCKPST: 1, nCAS: 0, nAAD: 8, nCS: 2, nPBR2PBR: 72, nPBR2ACT: 6, tCK_ps: 1250 },
      source: 'JESD209-5 at 6400 MT/s, 8 Gb x16',
    },
  },
});
