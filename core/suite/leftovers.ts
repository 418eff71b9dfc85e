import { setTimeout as wait } from 'node:timers/promises';

/** For timers that end soon. */
const PATIENCE_MS = 250;
const STEP_MS = 5;

/** What a task leaves behind in its process: timers and other things that keep it alive. */
export class Leftovers {
  private readonly before = process.getActiveResourcesInfo().length;

  /** Waits for what ends soon, and a turn of the event loop at least: an error that comes up there is still the task's. */
  async settle(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    do await wait(STEP_MS);
    while (this.areThere() && performance.now() < until);
  }

  areThere(): boolean {
    return process.getActiveResourcesInfo().length > this.before;
  }
}
