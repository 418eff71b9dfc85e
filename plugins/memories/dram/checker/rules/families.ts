import { InputError } from 'tessera-sim';
import type { ActivateWindow, Datasheet } from './datasheet.js';

/** Values of timing parameters in clock cycles, by their names. */
export type TimingValues = Readonly<Record<string, number>>;

type Value = (name: string) => number;

/** The data sheet of a standard with these values, or undefined for a standard of which nothing is known here. */
export function datasheetOf(standard: string, timings: TimingValues): Datasheet | undefined {
  return FAMILIES[standard]?.((name) => valueOf(timings, name));
}

function valueOf(timings: TimingValues, name: string): number {
  const value = timings[name];
  if (value === undefined) throw new InputError([{ path: `timings.${name}`, message: 'is not given', expected: 'clock cycles; the command checker needs it' }]);
  return value;
}

const FAMILIES: Readonly<Record<string, (t: Value) => Datasheet>> = {
  DDR3: ddr3,
  DDR4: ddr4,
  DDR5: ddr5,
  LPDDR3: (t) => lpddr34(t, 'JESD209-3', 0),
  LPDDR4: (t) => lpddr34(t, 'JESD209-4', t('nPPD')),
  LPDDR5: lpddr5,
  GDDR5: (t) => gddr(t, 'JESD212', [{ count: 32, cycles: t('n32AW'), countsRefreshes: true }]),
  GDDR6: (t) => gddr(t, 'JESD250', []),
  HBM1: (t) => hbm12(t, 'JESD235'),
  HBM2: (t) => hbm12(t, 'JESD235D'),
  HBM3: hbm3,
};

const fourActivates = (t: Value, countsRefreshes = false): ActivateWindow => ({ count: 4, cycles: t('nFAW'), countsRefreshes });
const same = (cycles: number) => ({ near: cycles, far: cycles });

/** JESD79-3: read to write RL + BL/2 + 2 - WL; ranks on one bus keep nCS free between their bursts. */
function ddr3(t: Value): Datasheet {
  return {
    ...ddr(t, 'JESD79-3'),
    rows: { activateToActivate: same(t('nRRD')), windows: [fourActivates(t)], prechargeToPrecharge: 0 },
    columns: {
      readToRead: same(Math.max(t('nBL'), t('nCCD'))),
      writeToWrite: same(Math.max(t('nBL'), t('nCCD'))),
      readToWrite: t('nCL') + t('nBL') + 2 - t('nCWL'),
      writeToRead: same(t('nCWL') + t('nBL') + t('nWTR')),
      otherRank: betweenRanks(t, t('nBL')),
    },
  };
}

function ddr4(t: Value): Datasheet {
  return {
    ...ddr(t, 'JESD79-4'),
    rows: groupedRows(t),
    columns: { ...groupedColumns(t), readToWrite: t('nCL') + t('nBL') + 2 - t('nCWL'), otherRank: betweenRanks(t, t('nBL')) },
  };
}

/** JESD79-5: activates and column commands take two clocks; a write preamble of two clocks; writes have CAS delays of their own. */
function ddr5(t: Value): Datasheet {
  return {
    ...ddr(t, 'JESD79-5'),
    commandTicks: { ACT: 2, RD: 2, RDA: 2, WR: 2, WRA: 2 },
    rows: { ...groupedRows(t), prechargeToPrecharge: t('nPPD') },
    columns: {
      ...groupedColumns(t),
      writeToWrite: { near: t('nCCDL_WR'), far: Math.max(t('nBL'), t('nCCDS_WR')) },
      readToWrite: t('nCL') + t('nBL') + 4 - t('nCWL'),
      otherRank: betweenRanks(t, t('nBL')),
    },
  };
}

/** JESD209-3, -4: tDQSCK comes on top of the read latency, precharging all banks takes longer, single banks are refreshed. */
function lpddr34(t: Value, document: string, prechargeToPrecharge: number): Datasheet {
  const base = ddr(t, document);
  return {
    ...base,
    bank: { ...base.bank, prechargeAll: t('nRPab'), refreshBank: t('nRFCpb') },
    rows: {
      activateToActivate: same(t('nRRD')),
      windows: [fourActivates(t)],
      prechargeToPrecharge,
      refreshBank: { toActivate: t('nRRD'), toRefreshBank: t('nRFCpb'), fromActivate: t('nRRD') },
    },
    columns: {
      readToRead: same(Math.max(t('nBL'), t('nCCD'))),
      writeToWrite: same(Math.max(t('nBL'), t('nCCD'))),
      readToWrite: t('nCL') + t('nDQSCK') + t('nBL') + 1 - t('nCWL'),
      writeToRead: same(t('nCWL') + t('nBL') + t('nWTR')),
      otherRank: betweenRanks(t, t('nBL')),
    },
  };
}

/** JESD209-5 with bank groups: bursts of groups interleave (n_min), within one they take n_max; timings count from ACT-1. */
function lpddr5(t: Value): Datasheet {
  const bank = bankOf(t, { burst: t('nBL_min'), refreshAll: t('nRFC'), activateToColumn: t('nRCD') });
  return {
    document: 'JESD209-5',
    ticksPerClock: 1,
    commandTicks: {},
    bank: { ...bank, prechargeAll: t('nRPab'), refreshBank: t('nRFCpb') },
    rows: {
      activateToActivate: { near: t('nRRDL'), far: t('nRRDS') },
      windows: [fourActivates(t)],
      prechargeToPrecharge: t('nPPD'),
      refreshBank: { toActivate: t('nPBR2ACT'), toRefreshBank: t('nPBR2PBR'), fromActivate: t('nRRDS') },
    },
    columns: {
      readToRead: { near: t('nCCDL'), far: Math.max(t('nBL_min'), t('nCCDS')) },
      writeToWrite: { near: t('nCCDL_WR'), far: Math.max(t('nBL_min'), t('nCCDS_WR')) },
      readToWrite: t('nCL') + t('nBL_min') + 2 - t('nCWL'),
      writeToRead: { near: t('nCWL') + t('nBL_max') + t('nWTRL'), far: t('nCWL') + t('nBL_min') + t('nWTRS') },
      otherRank: betweenRanks(t, t('nBL_min')),
    },
  };
}

/** JESD212, JESD250: no ranks; a refresh of a bank counts as an activate. */
function gddr(t: Value, document: string, windows: readonly ActivateWindow[]): Datasheet {
  return {
    document,
    ticksPerClock: 1,
    commandTicks: {},
    bank: { ...bankOf(t, { burst: t('nBL'), refreshAll: t('nRFCab') }), refreshBank: t('nRFCpb') },
    rows: {
      activateToActivate: { near: t('nRRDL'), far: t('nRRDS') },
      windows: [fourActivates(t, true), ...windows],
      prechargeToPrecharge: t('nPPD'),
      refreshBank: { toActivate: t('nRREFD'), toRefreshBank: t('nRREFD'), fromActivate: t('nRRDL') },
    },
    columns: { ...groupedColumns(t), readToWrite: t('nCL') + t('nBL') + 1 - t('nCWL') },
  };
}

/** JESD235: two-clock activates; a refresh of a bank keeps the others away for tRREFD. */
function hbm12(t: Value, document: string): Datasheet {
  return {
    document,
    ticksPerClock: 1,
    commandTicks: { ACT: 2 },
    bank: { ...bankOf(t, { burst: t('nBL'), refreshAll: t('nRFC'), readToPrecharge: t('nRTPL') }), refreshBank: t('nRFCpb') },
    rows: {
      ...groupedRows(t),
      refreshBank: { toActivate: t('nRREFD'), toRefreshBank: t('nRREFD'), fromActivate: t('nRRDS') },
    },
    columns: { ...groupedColumns(t), readToWrite: t('nCL') + t('nBL') + 1 - t('nCWL') },
  };
}

/** JESD238: row commands on half clocks, a read-to-write delay of its own, other stacks tCCDR apart. */
function hbm3(t: Value): Datasheet {
  return {
    document: 'JESD238',
    ticksPerClock: 2,
    commandTicks: { ACT: 3, PREpb: 1, PREab: 1, REFab: 1, REFpb: 1 },
    bank: { ...bankOf(t, { burst: t('nBL'), refreshAll: t('nRFC') }), refreshBank: t('nRFCpb') },
    rows: {
      ...groupedRows(t),
      prechargeToPrecharge: t('nPPD'),
      refreshBank: { toActivate: t('nRREFD'), toRefreshBank: t('nRREFD'), fromActivate: t('nRRDS') },
    },
    columns: {
      ...groupedColumns(t),
      readToRead: { near: t('nCCDL'), far: Math.max(t('nBL'), t('nCCDS')), stack: Math.max(t('nBL'), t('nCCDR')) },
      writeToWrite: { near: t('nCCDL'), far: Math.max(t('nBL'), t('nCCDS')), stack: t('nBL') },
      readToWrite: t('nRTW'),
    },
  };
}

function ddr(t: Value, document: string): Pick<Datasheet, 'document' | 'ticksPerClock' | 'commandTicks' | 'bank'> {
  return { document, ticksPerClock: 1, commandTicks: {}, bank: bankOf(t, { burst: t('nBL'), refreshAll: t('nRFC'), activateToColumn: t('nRCD') }) };
}

interface BankTerms {
  readonly burst: number;
  readonly refreshAll: number;
  /** Where the others are not named as usual. */
  readonly readToPrecharge?: number;
  readonly activateToColumn?: number;
}

function bankOf(t: Value, { burst, refreshAll, readToPrecharge, activateToColumn }: BankTerms): Datasheet['bank'] {
  return {
    activateToRead: activateToColumn ?? t('nRCDRD'),
    activateToWrite: activateToColumn ?? t('nRCDWR'),
    activateToPrecharge: t('nRAS'),
    activateToActivate: t('nRC'),
    readToPrecharge: readToPrecharge ?? t('nRTP'),
    writeToPrecharge: t('nCWL') + burst + t('nWR'),
    precharge: t('nRP'),
    prechargeAll: t('nRP'),
    refreshAll,
  };
}

function groupedRows(t: Value): Datasheet['rows'] {
  return { activateToActivate: { near: t('nRRDL'), far: t('nRRDS') }, windows: [fourActivates(t)], prechargeToPrecharge: 0 };
}

function groupedColumns(t: Value): Omit<Datasheet['columns'], 'readToWrite'> {
  const far = Math.max(t('nBL'), t('nCCDS'));
  const written = t('nCWL') + t('nBL');
  return {
    readToRead: { near: t('nCCDL'), far },
    writeToWrite: { near: t('nCCDL'), far },
    writeToRead: { near: written + t('nWTRL'), far: written + t('nWTRS') },
  };
}

/** Bursts of two ranks never meet on the data bus, and a change of the driving side or strobe leaves nCS free. */
function betweenRanks(t: Value, burst: number): NonNullable<Datasheet['columns']['otherRank']> {
  return {
    readToRead: burst + t('nCS'),
    readToWrite: t('nCL') + burst + t('nCS') - t('nCWL'),
    writeToRead: t('nCWL') + burst + t('nCS') - t('nCL'),
    writeToWrite: burst,
  };
}
