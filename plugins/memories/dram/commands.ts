import type { CommandForm } from './command-form.js';

/**
 * Codes of the commands that the controllers' compiled paths know, shared by all standards. LPDDR5's ACT-1 is `activate` (all timings are
 * measured from it), its ACT-2 has a code of its own. `auto` marks the precharging variants of column commands. Commands that a standard
 * declares get the codes from COMMANDS on (`CommandTable`).
 */
export const Command = {
  activate: 0,
  activate2: 1,
  precharge: 2,
  prechargeAll: 3,
  read: 4,
  write: 5,
  readAuto: 6,
  writeAuto: 7,
  refreshAll: 8,
  refreshBank: 9,
  casRead: 10,
  casWrite: 11,
} as const;
export type Command = (typeof Command)[keyof typeof Command];
export const COMMANDS = 12;

/** The forms of these commands, by code. A standard's table widens PREab and REFab where they reach the whole channel. */
export const COMMAND_FORMS: readonly CommandForm[] = [
  { name: 'ACT', scope: 'bank', effects: ['open'], bus: 'row' },
  { name: 'ACT2', scope: 'bank', effects: [], bus: 'row' },
  { name: 'PREpb', scope: 'bank', effects: ['close'], bus: 'row' },
  { name: 'PREab', scope: 'rank', effects: ['close'], bus: 'row' },
  { name: 'RD', scope: 'bank', effects: ['read'], bus: 'column' },
  { name: 'WR', scope: 'bank', effects: ['write'], bus: 'column' },
  { name: 'RDA', scope: 'bank', effects: ['read', 'close'], bus: 'column' },
  { name: 'WRA', scope: 'bank', effects: ['write', 'close'], bus: 'column' },
  { name: 'REFab', scope: 'rank', effects: ['refresh'], bus: 'row' },
  { name: 'REFpb', scope: 'bank', effects: ['refresh'], bus: 'row' },
  { name: 'CAS_RD', scope: 'bank', effects: ['mode'], bus: 'row' },
  { name: 'CAS_WR', scope: 'bank', effects: ['mode'], bus: 'row' },
];

/** Names of these commands in data files and traces. `ACT1` is accepted for `ACT`. */
export const COMMAND_NAMES: readonly string[] = COMMAND_FORMS.map(({ name }) => name);

export function isColumn(command: number): boolean {
  return command >= Command.read && command <= Command.writeAuto;
}

export function isReadColumn(command: number): boolean {
  return command === Command.read || command === Command.readAuto;
}
