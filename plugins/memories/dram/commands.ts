/**
 * Command codes shared by all standards. LPDDR5's ACT-1 is `activate` (all timings are measured from it), its ACT-2 has a
 * code of its own. `auto` marks the precharging variants of column commands.
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

/** Names in data files and traces. `ACT1` is accepted for `ACT`. */
export const COMMAND_NAMES: readonly string[] = ['ACT', 'ACT2', 'PREpb', 'PREab', 'RD', 'WR', 'RDA', 'WRA', 'REFab', 'REFpb', 'CAS_RD', 'CAS_WR'];

/** The code of a name, or undefined. */
export function commandOf(name: string): Command | undefined {
  const code = COMMAND_NAMES.indexOf(name === 'ACT1' ? 'ACT' : name);
  return code < 0 ? undefined : (code as Command);
}

export function isColumn(command: number): boolean {
  return command >= Command.read && command <= Command.writeAuto;
}

export function isReadColumn(command: number): boolean {
  return command === Command.read || command === Command.readAuto;
}

/** True for commands that address a whole rank (or channel), not one bank. */
export function isScopeWide(command: number): boolean {
  return command === Command.prechargeAll || command === Command.refreshAll;
}
