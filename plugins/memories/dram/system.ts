import { InputError, type ClockDomain, type StateExchange } from 'tessera-sim';
import { buildChannel, resolveDram, type RandomStreams, type ResolvedDram } from './build.js';
import type { DramSpecification } from './config.js';
import { NO_EXTENSIONS, named, type DramExtensions } from './extensions.js';
import type { ChannelListener, DramChannel } from './controller/channel.js';
import { OneRowMapping } from './ideal.js';
import { MOST_BANKS_IN_ALL } from './device/topology.js';
import { MAPPINGS, SliceMapping, mappingFromLetters, type AddressMapping, type LineAddress } from './mapping/mapping.js';

/** All channels of a DRAM and the mapping of line numbers to them. Channels do not know of each other. */
export class DramSystem {
  readonly resolved: ResolvedDram;
  readonly channels: readonly DramChannel[];
  readonly mapping: AddressMapping;
  private readonly place: LineAddress = { channel: 0, bank: 0, row: 0, column: 0 };

  /** @param random where schedulers and controller plugins get their random numbers from */
  constructor(specification: DramSpecification, listener: ChannelListener, extensions: DramExtensions = NO_EXTENSIONS, random?: RandomStreams) {
    this.resolved = resolveDram(specification, extensions);
    // A record of a reference comes here without the checks of a machine's block.
    const { banks } = this.resolved.topology;
    if (specification.channels * banks > MOST_BANKS_IN_ALL) {
      const message = `${specification.channels} channels of ${banks} banks are too many`;
      throw new InputError({ path: 'channels', message, expected: `at most ${MOST_BANKS_IN_ALL} banks in all` });
    }
    this.channels = Array.from({ length: specification.channels }, (_, channel) => buildChannel(this.resolved, listener, channel, random));
    this.mapping = mappingOf(this.resolved);
  }

  /** Place of a line; the same object every time. */
  locate(line: number): LineAddress {
    this.mapping.decode(line, this.place);
    return this.place;
  }

  /** Offers a line access to its channel, which is brought up to the cycle first. */
  accept(line: number, isWrite: boolean, tag: number, cycle: number): boolean {
    this.mapping.decode(line, this.place);
    const { channel: index, bank, row, column } = this.place;
    const channel = this.channels[index]!;
    channel.advance(cycle);
    return channel.accept(bank, row, column, isWrite, tag, cycle);
  }

  advance(cycle: number): void {
    for (const channel of this.channels) channel.advance(cycle);
  }

  nextTick(): number {
    let next = Infinity;
    for (const channel of this.channels) next = Math.min(next, channel.nextTick());
    return next;
  }

  pending(): number {
    let sum = 0;
    for (const channel of this.channels) sum += channel.pending();
    return sum;
  }

  /** @param clock of the channels' ticks */
  state(s: StateExchange, clock: ClockDomain): void {
    for (const channel of this.channels) channel.exchange(s, clock);
  }
}

function mappingOf(resolved: ResolvedDram): AddressMapping {
  const { specification, topology, lineColumns } = resolved;
  const { mapping } = specification;
  const factory = mappingFromLetters(mapping) ?? named('mapping', mapping, MAPPINGS, resolved.extensions.mappings);
  const { counts } = topology;
  const bits = {
    channel: bitsOf('channels', specification.channels),
    rank: bitsOf('organisation.ranks', counts.ranks),
    stack: bitsOf('organisation.stacks', counts.stacks),
    group: bitsOf('organisation.bankGroups', counts.bankGroups),
    bank: bitsOf('organisation.banksPerGroup', counts.banksPerGroup),
    row: bitsOf('organisation.rows', specification.organisation.rows),
    column: bitsOf('organisation.columns', lineColumns),
  };
  const sliced = new SliceMapping(specification.mapping, factory, bits, specification.channelHash);
  return specification.ideal?.includes('rowMisses') === true ? new OneRowMapping(sliced, lineColumns) : sliced;
}

function bitsOf(path: string, count: number): number {
  const bits = Math.log2(count);
  if (!Number.isInteger(bits)) throw new InputError([{ path, message: `${count} is not a power of two` }]);
  return bits;
}
