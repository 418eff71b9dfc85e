/** What a block that waits waits for. */
export type WaitsOn = 'memory' | 'network' | 'buffer' | 'bank' | 'peer';

/** One class of a block's stall stack. */
export interface StallClass {
  /**
   * `rest`: nothing to do. `work`: does what it is there for; this alone counts as busy. `wait`: has work and something
   * holds it back.
   */
  readonly role: 'rest' | 'work' | 'wait';
  /** Of a waiting class: on what. */
  readonly on?: WaitsOn;
  readonly description: string;
}

/** Classes by name, the resting class first: a block starts in it. */
export type StallClasses = Readonly<Record<string, StallClass>>;

export const DEFAULT_STALL_CLASSES: StallClasses = {
  idle: { role: 'rest', description: 'Nothing to do' },
  busy: { role: 'work', description: 'At work' },
};
