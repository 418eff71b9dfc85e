/** What can end a wait. */
export type MilestoneCause = 'bank' | 'row' | 'refresh' | 'bus' | 'link' | 'credit' | 'port' | 'room' | 'data' | 'order' | 'unit';

export interface MilestoneDeclaration {
  readonly cause: MilestoneCause;
  readonly description: string;
}

/** Hears that a wait from `sinceTick` to `tick` ended, for the cause that the block declares under this number. */
export type MilestoneListener = (cause: number, operation: number, sinceTick: number, tick: number) => void;

/** Where a block notes what ended its waits. Costs nothing while nobody listens: a block asks `active` first. */
export class Milestones {
  active = false;
  private readonly listeners: MilestoneListener[] = [];

  /** @param causes names as the plugin declares them, by number */
  constructor(
    readonly path: string,
    readonly causes: readonly string[],
  ) {}

  listen(listener: MilestoneListener): void {
    this.listeners.push(listener);
    this.active = true;
  }

  /** @param operation the schedule's operation that waited, -1 for none */
  note(cause: number, operation: number, sinceTick: number, tick: number): void {
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!(cause, operation, sinceTick, tick);
  }
}
