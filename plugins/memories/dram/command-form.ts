/** What a command reaches, seen from the bank that it is given to. */
export type CommandScope =
  | 'bank'
  /** All banks of the bank's group. */
  | 'bankGroup'
  /** The bank of this number in every group of the rank (of the stack, where there are such): DDR5's same-bank commands. */
  | 'sameBank'
  /** The same as `rank`, in the words of standards that have pseudo-channels instead of ranks. */
  | 'pseudoChannel'
  | 'rank'
  | 'channel';

/** What a command does to the banks that it reaches. */
export type CommandEffect =
  /** Opens a row; the bank must be closed. */
  | 'open'
  /** Closes the row that is open, if one is. */
  | 'close'
  /** Reads or writes the row that is open. */
  | 'read'
  | 'write'
  /** Changes how the device works; rows stay as they are. */
  | 'mode'
  /** Restores cells; the bank must be closed. */
  | 'refresh'
  /** Computes inside of the device; rows stay as they are. */
  | 'compute';

/**
 * A command is data. Devices, timing tables, the checker, traces, energy and statistics go by the form; only the controllers' compiled
 * paths for the commands of `COMMAND_FORMS` go by their codes.
 */
export interface CommandForm {
  /** As timing rows and traces call it. */
  readonly name: string;
  readonly scope: CommandScope;
  readonly effects: readonly CommandEffect[];
  /** The bus that it takes a slot of, where there are two; `none` for what the device does by itself. */
  readonly bus: 'row' | 'column' | 'none';
  /**
   * Whether the banks that it reaches must have a row open, or none. Follows from the effects where it is not given: closed for `open` and
   * `refresh`, open for `read` and `write`, else any.
   */
  readonly needs?: 'open' | 'closed';
  /** Energy of one command in pJ, over all that it reaches. Where it is not given, that of the built-in command with the same effect. */
  readonly energyPj?: number;
}
