/** Energy of one access of a whole block (vector), in pJ. */
export interface AccessEnergy {
  readonly read: number;
  readonly fill: number;
  readonly update: number;
}

/** A storage level of Timeloop's hierarchy. All bandwidths are words a cycle of one instance; absent: not limited. */
export interface StorageLevel {
  readonly name: string;
  readonly class?: string;
  readonly instances: number;
  readonly meshX?: number;
  /** Words of one instance; absent: not limited. */
  readonly sizeWords?: number;
  readonly wordBits: number;
  /** Words of one access. */
  readonly blockSize: number;
  readonly clusterSize: number;
  readonly readBandwidth?: number;
  readonly writeBandwidth?: number;
  readonly sharedBandwidth?: number;
  /** 1: none; 2: double buffering, which halves what a tile may take. */
  readonly multipleBuffering: number;
  /** Absent: no energy is known of the level. */
  readonly energy?: AccessEnergy;
  /** Of one instance, in every cycle, in pJ. */
  readonly leakPj?: number;
  /** Of one instance. */
  readonly areaUm2?: number;
}

export interface ComputeLevel {
  readonly name: string;
  readonly class?: string;
  readonly instances: number;
  readonly meshX?: number;
  readonly wordBits?: number;
  /** Of one operation. Timeloop counts no leakage of the arithmetic. */
  readonly energyPj?: number;
  readonly areaUm2?: number;
}

/** Timeloop's architecture: storage levels outermost first, then the arithmetic. */
export interface TimeloopMachine {
  readonly name: string;
  readonly levels: readonly StorageLevel[];
  readonly compute: ComputeLevel;
  /**
   * Whether outputs are filled into a level also before their first update, as versions before 0.4 count it (they elide the first read alone);
   * version 0.4 counts neither.
   */
  readonly countsFirstFills: boolean;
}

/** Words that a tile may take of one instance. */
export function effectiveWords(level: StorageLevel): number {
  return level.sizeWords === undefined ? Infinity : Math.floor(level.sizeWords / level.multipleBuffering);
}
