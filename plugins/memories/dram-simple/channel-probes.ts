import type { BlockContext, ClockDomain, SpanProbe } from 'tessera-sim';

/** Tracks of one channel: the use of its data bus, whole and bank by bank. */
export class ChannelProbes {
  constructor(
    private readonly clock: ClockDomain,
    private readonly bus: SpanProbe,
    private readonly banks: readonly SpanProbe[],
  ) {}

  get active(): boolean {
    return this.bus.active;
  }

  /** A row's columns crossed the bus from `firstCycle` to `endCycle`. */
  row(bank: number, isWrite: boolean, firstCycle: number, endCycle: number, operation: number): void {
    const [start, end] = [this.clock.tickOf(Math.ceil(firstCycle)), this.clock.tickOf(Math.ceil(endCycle))];
    const label = isWrite ? 1 : 0;
    this.bus.emit(start, end, label, operation);
    this.banks[bank]!.emit(start, end, label, operation);
  }
}

/** Probes `channel.0`, `bank.0-3` (channel and bank) and so on, for every channel. */
export function channelProbes(context: BlockContext<{ readonly channels: number; readonly banks: number }, string>): ChannelProbes[] {
  const { channels, banks } = context.config;
  return Array.from({ length: channels }, (_, channel) => {
    const ofBanks = Array.from({ length: banks }, (_unused, bank) => context.spanProbe(`bank.${channel}-${bank}`));
    return new ChannelProbes(context.clock, context.spanProbe(`channel.${channel}`), ofBanks);
  });
}
