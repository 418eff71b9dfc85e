import type { Datasheet } from './datasheet.js';
import type { TimingValues } from './families.js';

/**
 * The data sheet behind a configuration of DRAMsim3, in the names of its files, with `BURST`, `RL` and `WL` as there. What DRAMsim3 itself
 * makes of these values is not asked: where its controller breaks them, the checker says so.
 * @param bankGroups 1: the short delays hold inside the one group too
 */
export function dramsim3Datasheet(standard: string, timings: TimingValues, bankGroups: number): Datasheet {
  const t = (name: string) => timings[name] ?? 0;
  const near = bankGroups === 1 ? 'S' : 'L';
  const isGraphics = standard.startsWith('GDDR');
  const splitRcd = isGraphics || standard.startsWith('HBM');
  const spaced = isGraphics || standard === 'LPDDR4';
  const written = t('WL') + t('BURST');
  const readToWrite = t('RL') + t('BURST') - t('WL') + t('tRTRS');
  const columns = { near: Math.max(t('BURST'), t(`tCCD_${near}`)), far: Math.max(t('BURST'), t('tCCD_S')) };
  return {
    document: `${standard} with the values of a DRAMsim3 configuration`,
    ticksPerClock: 1,
    commandTicks: {},
    bank: {
      activateToRead: splitRcd ? t('tRCDRD') : t('tRCD') - t('AL'),
      activateToWrite: splitRcd ? t('tRCDWR') : t('tRCD') - t('AL'),
      activateToPrecharge: t('tRAS'),
      activateToActivate: t('tRAS') + t('tRP'),
      readToPrecharge: t('AL') + t('tRTP'),
      writeToPrecharge: written + t('tWR'),
      precharge: t('tRP'),
      prechargeAll: t('tRP'),
      refreshAll: t('tRFC'),
      refreshBank: t('tRFCb'),
    },
    rows: {
      activateToActivate: { near: t(`tRRD_${near}`), far: t('tRRD_S') },
      windows: [{ count: 4, cycles: t('tFAW'), countsRefreshes: false }, ...(isGraphics ? [{ count: 32, cycles: t('t32AW'), countsRefreshes: false }] : [])],
      prechargeToPrecharge: spaced ? t('tPPD') : 0,
      refreshBank: { toActivate: 0, toRefreshBank: 0, fromActivate: 0 },
    },
    columns: {
      readToRead: columns,
      writeToWrite: columns,
      readToWrite,
      writeToRead: { near: written + t(`tWTR_${near}`), far: written + t('tWTR_S') },
      otherRank: { readToRead: t('BURST') + t('tRTRS'), readToWrite, writeToRead: written + t('tRTRS') - t('RL'), writeToWrite: t('BURST') },
    },
  };
}
