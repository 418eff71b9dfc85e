import { COMMANDS, Command } from '../commands.js';
import type { DramDevice } from '../device/device.js';

/** Commands of one access: a precharge, an activate, a column command. */
const MOST = 3;

/**
 * Where requests come one by one with long pauses, each finds that nothing before it makes it wait. So what an access makes others wait
 * for is only kept here, and told to the device if somebody asks before it is too old to matter.
 */
export class LateWaits {
  /** From this tick on nothing issued so far makes anything wait. */
  private quietFrom = 0;
  /** The longest that anything waits after a command. */
  private readonly longest: Int32Array;
  private readonly commands = new Int32Array(MOST);
  private readonly ticks = new Float64Array(MOST);
  private count = 0;
  private bank = 0;

  constructor(private readonly device: DramDevice) {
    this.longest = Int32Array.from({ length: COMMANDS }, (_, command) => device.longestWait(command));
  }

  /** A command has been issued. */
  noted(command: number, tick: number): void {
    const until = tick + this.longest[command]!;
    if (until > this.quietFrom) this.quietFrom = until;
  }

  /** Whether an access at `tick` finds that nothing makes it wait; if so what is kept is forgotten. */
  quietAt(tick: number): boolean {
    if (tick < this.quietFrom) return false;
    this.count = 0;
    return true;
  }

  /** Issues a command to a bank; all commands between two calls of `settle` or `quietAt` are to the same bank. */
  issue(command: number, bank: number, row: number, tick: number): void {
    this.device.changeState(command, bank, row);
    this.bank = bank;
    this.commands[this.count] = command;
    this.ticks[this.count++] = tick;
  }

  /** To be called before the device is asked or told anything. */
  settle(): void {
    if (this.count === 0) return;
    for (let i = 0; i < this.count; i++) this.device.makeWait(this.commands[i]!, this.bank, this.ticks[i]!);
    this.count = 0;
  }

  /** Ticks from a command to the next of the same access. */
  between(preceding: Command, following: Command): number {
    return this.device.ownWait(preceding, following);
  }
}
