import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { DramDevice } from '../../device/device.js';

/** Commands of one access: a precharge, an activate, a column command. */
const MOST = 3;

/**
 * Where requests come one by one with long pauses, each finds that nothing before it makes it wait. So what an access makes others wait
 * for is only kept here, and entered into the device if somebody asks before it is too old to matter.
 */
export class LateWaits {
  private readonly commands = new Int32Array(MOST);
  private readonly ticks = new Float64Array(MOST);
  private count = 0;
  private bank = 0;

  constructor(private readonly device: DramDevice) {}

  /** Issues a command to a bank; all commands between two calls of `settle` or `forget` are to the same bank. */
  issue(command: number, bank: number, row: number, tick: number): void {
    this.device.changeState(command, bank, row);
    this.bank = bank;
    this.commands[this.count] = command;
    this.ticks[this.count++] = tick;
  }

  /** What is kept is too old to matter. */
  forget(): void {
    this.count = 0;
  }

  /** To be called before the device is asked or given anything. */
  settle(): void {
    if (this.count === 0) return;
    for (let i = 0; i < this.count; i++) this.device.makeWait(this.commands[i]!, this.bank, this.ticks[i]!);
    this.count = 0;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.numbers(this.commands);
    s.cycles(this.ticks, clock);
    this.count = s.number(this.count);
    this.bank = s.number(this.bank);
  }
}
