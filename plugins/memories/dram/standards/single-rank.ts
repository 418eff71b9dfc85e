import { ddr4 } from './ddr4.js';
import { inherit } from './inherit.js';
import { wait } from './rows.js';

/**
 * What GDDR and HBM share, apart from DDR4: a channel has no ranks, reads and writes wait differently after an activate, and a
 * refresh may be that of one bank. A base only, no standard of its own.
 */
export const singleRank = inherit(ddr4, {
  name: 'channel without ranks',
  source: 'JEDEC JESD212 and JESD235, what is equal in both',
  refreshScope: 'channel',
  levels: { rank: 'channel' },
  without: ['readBurst', 'writeBurst', 'rankSwitchAfterRead', 'rankSwitchReadToWrite', 'rankSwitchAfterWrite'],
  rules: {
    readToRead: 'max(nBL, nCCDS)',
    writeToWrite: 'max(nBL, nCCDS)',
    activateToRead: 'nRCDRD',
    activateToWrite: 'nRCDWR',
    refreshBankToActivate: wait('channel', 'REFpb', 'ACT', 'nRREFD'),
    activateToRefreshBank: wait('channel', 'ACT', 'REFpb', 'nRRDS'),
    bankRefreshToActivate: wait('bank', 'REFpb', 'ACT', 'nRFCpb'),
    bankActivateToRefresh: wait('bank', 'ACT', 'REFpb', 'nRC'),
    bankPrechargeToRefresh: wait('bank', 'PREpb', 'REFpb', 'nRP'),
    bankReadAutoToRefresh: wait('bank', 'RDA', 'REFpb', 'nRTP + nRP'),
    bankWriteAutoToRefresh: wait('bank', 'WRA', 'REFpb', 'nCWL + nBL + nWR + nRP'),
    bankRefreshToRefresh: wait('bank', 'REFpb', 'REFpb', 'nRFCpb'),
    bankRefreshToPrecharge: wait('bank', 'REFpb', 'PREpb', 'nRFCpb'),
    refreshBankToPrechargeAll: wait('channel', 'REFpb', 'PREab', 'nRFCpb'),
    refreshBankToRefreshBank: wait('channel', 'REFpb', 'REFpb', 'nRREFD'),
    refreshBankToRefresh: wait('channel', 'REFpb', 'REFab', 'nRFCpb'),
    prechargeAllToRefreshBank: wait('channel', 'PREab', 'REFpb', 'nRP'),
    refreshToRefreshBank: wait('channel', 'REFab', 'REFpb', 'nRFC'),
  },
  parts: {},
});
