/**
 * What a data sheet promises about the timing of one device, in clock cycles between the moments in which commands have been received whole.
 * The checker is built on this alone. Nothing here, and nothing in this folder, knows the scheduler's timing tables: both start from the
 * values of the timing parameters and from nothing else in common, so that a row which is missing there is missed here.
 */
export interface Datasheet {
  /** Where the rules are from. */
  readonly document: string;
  readonly ticksPerClock: 1 | 2;
  /** Ticks of the command bus that a command takes, by name; those of one clock are not listed. */
  readonly commandTicks: Readonly<Record<string, number>>;
  readonly bank: BankTimings;
  readonly rows: RowTimings;
  readonly columns: ColumnTimings;
}

/** One bank by itself. */
export interface BankTimings {
  readonly activateToRead: number;
  readonly activateToWrite: number;
  /** tRAS */
  readonly activateToPrecharge: number;
  /** tRC */
  readonly activateToActivate: number;
  /** tRTP: also from a read with auto-precharge to the precharge inside. */
  readonly readToPrecharge: number;
  /** WL + BL + tWR: also from a write with auto-precharge to the precharge inside. */
  readonly writeToPrecharge: number;
  /** tRP */
  readonly precharge: number;
  /** tRPab, where precharging all banks takes longer. */
  readonly prechargeAll: number;
  /** tRFC, tRFCab */
  readonly refreshAll: number;
  /** tRFCpb; undefined where no single bank can be refreshed. */
  readonly refreshBank?: number;
}

/** Row commands to different banks of one rank (pseudo-channel, channel without ranks). */
export interface RowTimings {
  /** tRRD between banks of one group, and of different groups. */
  readonly activateToActivate: NearAndFar;
  readonly windows: readonly ActivateWindow[];
  /** tPPD between any two precharges; 0 where the document has none. */
  readonly prechargeToPrecharge: number;
  readonly refreshBank?: { readonly toActivate: number; readonly toRefreshBank: number; readonly fromActivate: number };
}

/** At most `count` activates in any stretch of `cycles`. */
export interface ActivateWindow {
  readonly count: number;
  readonly cycles: number;
  /** A refresh of one bank counts like an activate (GDDR). */
  readonly countsRefreshes: boolean;
}

/** Column commands: the column path of the device and the data bus. */
export interface ColumnTimings {
  readonly readToRead: NearAndFar;
  readonly writeToWrite: NearAndFar;
  readonly readToWrite: number;
  readonly writeToRead: NearAndFar;
  /** Between ranks on one data bus; undefined where each has its own (pseudo-channels). */
  readonly otherRank?: { readonly readToRead: number; readonly readToWrite: number; readonly writeToRead: number; readonly writeToWrite: number };
}

export interface NearAndFar {
  /** In one bank group. */
  readonly near: number;
  /** In different groups. */
  readonly far: number;
  /** In different stacks, where that differs. */
  readonly stack?: number;
}

/** The same device if its data bus turned round at no cost: reads and writes follow each other like their own kind. */
export function turningFreely(sheet: Datasheet, burstCycles: number): Datasheet {
  const cap = (cycles: number) => Math.min(cycles, burstCycles);
  const { columns } = sheet;
  const { otherRank } = columns;
  return {
    ...sheet,
    columns: {
      ...columns,
      readToWrite: cap(columns.readToWrite),
      writeToRead: { near: cap(columns.writeToRead.near), far: cap(columns.writeToRead.far) },
      ...(otherRank === undefined ? {} : { otherRank: { ...otherRank, readToWrite: cap(otherRank.readToWrite), writeToRead: cap(otherRank.writeToRead) } }),
    },
  };
}
