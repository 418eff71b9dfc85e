import type { PluginHooks } from './plugin-hooks.js';
import { Upkeep } from './upkeep.js';

/** Upkeep that calls the controller plugins before a command is looked for. */
export class HookedUpkeep extends Upkeep {
  /** Set once the plugins have been made, which need the upkeep. */
  hooks: PluginHooks | undefined;

  override collect(tick: number): void {
    super.collect(tick);
    const due = this.closesRows ? this.dueTick : this.refreshTick;
    this.hooks!.beforeSchedule(tick);
    this.dueTick = Math.min(due, this.hooks!.wakeTick);
  }
}
