import type { ConstraintForm } from './form.js';
import { wait, waitSiblings } from './rows.js';

/**
 * The constraints of the DRAMsim3 profile, for every standard that it has. Names are those of its configuration files, plus
 * `BURST` (clock cycles of one burst), `RL` = AL + CL and `WL` = AL + CWL. Each row touches one ring around the bank: itself, the other
 * banks of its group, the other groups of its rank, the other ranks.
 */
export function dramsim3Constraints(kind: 'ddr' | 'lpddr4' | 'gddr' | 'hbm', bankGroups: number): readonly ConstraintForm[] {
  // Without bank groups the short delays hold inside the one group too.
  const sameGroup = bankGroups === 1 ? 'S' : 'L';
  return [
    ...columnRows(sameGroup),
    ...activateRows(sameGroup, kind === 'gddr' || kind === 'hbm', kind === 'gddr'),
    ...prechargeRows(kind === 'gddr' || kind === 'lpddr4'),
    wait('rank', 'REFab', 'ACT REFab', 'tRFC'),
    // A bank refresh delays the other banks only; the bank itself is not delayed.
    waitSiblings('bank', 'REFpb', 'ACT', 'tRFC'),
    waitSiblings('bank', 'REFpb', 'REFpb', 'tREFI'),
    waitSiblings('group', 'REFpb', 'ACT', 'tRFC'),
    waitSiblings('group', 'REFpb', 'REFpb', 'tREFI'),
  ];
}

function columnRows(sameGroup: 'S' | 'L'): ConstraintForm[] {
  const readToWrite = 'RL + BURST - WL + tRTRS';
  const rows: ConstraintForm[] = [];
  const near = (level: 'bank' | 'group', suffix: 'S' | 'L') => [
    waitSiblings(level, 'RD RDA', 'RD RDA', `max(BURST, tCCD_${suffix})`),
    waitSiblings(level, 'RD RDA', 'WR WRA', readToWrite),
    waitSiblings(level, 'WR WRA', 'RD RDA', `WL + BURST + tWTR_${suffix}`),
    waitSiblings(level, 'WR WRA', 'WR WRA', `max(BURST, tCCD_${suffix})`),
  ];
  rows.push(
    wait('bank', 'RD', 'RD RDA', `max(BURST, tCCD_${sameGroup})`),
    wait('bank', 'RD', 'WR WRA', readToWrite),
    wait('bank', 'WR', 'RD RDA', `WL + BURST + tWTR_${sameGroup}`),
    wait('bank', 'WR', 'WR WRA', `max(BURST, tCCD_${sameGroup})`),
    ...near('bank', sameGroup),
    ...near('group', 'S'),
    waitSiblings('rank', 'RD RDA', 'RD RDA', 'BURST + tRTRS'),
    waitSiblings('rank', 'RD RDA', 'WR WRA', readToWrite),
    waitSiblings('rank', 'WR WRA', 'RD RDA', 'WL + BURST + tRTRS - RL'),
    waitSiblings('rank', 'WR WRA', 'WR WRA', 'BURST'),
    wait('bank', 'RD', 'PREpb', 'AL + tRTP'),
    wait('bank', 'WR', 'PREpb', 'WL + BURST + tWR'),
    wait('bank', 'RDA', 'ACT', 'AL + BURST + tRTP + tRP'),
    wait('bank', 'RDA', 'REFab REFpb', 'AL + tRTP + tRP'),
    wait('bank', 'WRA', 'ACT REFab REFpb', 'WL + BURST + tWR + tRP'),
  );
  return rows;
}

function activateRows(sameGroup: 'S' | 'L', splitRcd: boolean, longWindow: boolean): ConstraintForm[] {
  const rows = [
    wait('bank', 'ACT', 'ACT', 'tRAS + tRP'),
    waitSiblings('bank', 'ACT', 'ACT', `tRRD_${sameGroup}`),
    waitSiblings('bank', 'ACT', 'REFpb', 'tRAS + tRP'),
    waitSiblings('group', 'ACT', 'ACT', 'tRRD_S'),
    waitSiblings('group', 'ACT', 'REFpb', 'tRAS + tRP'),
    wait('bank', 'ACT', 'RD RDA', splitRcd ? 'tRCDRD' : 'tRCD - AL'),
    wait('bank', 'ACT', 'WR WRA', splitRcd ? 'tRCDWR' : 'tRCD - AL'),
    wait('bank', 'ACT', 'PREpb', 'tRAS'),
    wait('rank', 'ACT', 'ACT', 'tFAW', 4),
  ];
  if (longWindow) rows.push(wait('rank', 'ACT', 'ACT', 't32AW', 32));
  return rows;
}

function prechargeRows(spaced: boolean): ConstraintForm[] {
  const rows = [wait('bank', 'PREpb', 'ACT REFab REFpb', 'tRP')];
  if (spaced) rows.push(waitSiblings('bank', 'PREpb', 'PREpb', 'tPPD'), waitSiblings('group', 'PREpb', 'PREpb', 'tPPD'));
  return rows;
}
