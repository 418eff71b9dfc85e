/** What a block that waits waits for. */
export const WAITS_ON = ['memory', 'network', 'buffer', 'bank', 'peer'] as const;
export type WaitsOn = (typeof WAITS_ON)[number];

export const STALL_ROLES = ['rest', 'work', 'wait'] as const;
export type StallRole = (typeof STALL_ROLES)[number];

/** One class of a block's stall stack. */
export interface StallClass {
  /**
   * `rest`: nothing to do. `work`: does what it is there for; this alone counts as busy. `wait`: has work and something
   * holds it back.
   */
  readonly role: StallRole;
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
