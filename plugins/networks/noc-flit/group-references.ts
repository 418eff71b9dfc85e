import { ModelError, type StateExchange } from 'tessera-sim';
import type { Adding } from './adders.js';
import type { Place } from './group-host.js';
import { Multicast } from './multicasts.js';
import type { PacketReceiver } from './relayed-packets.js';
import { Contribution, Sum } from './sums.js';

const [NONE, MULTICAST, SUM, CONTRIBUTION] = [0, 1, 2, 3] as const;

/** All of a network's groups that a state speaks of, each told once and named by its number elsewhere. */
export class GroupReferences {
  readonly multicasts: Multicast[] = [];
  readonly sums: Sum[] = [];
  readonly contributions: Contribution[] = [];

  /** @param found whatever packets and messages lead to; nothing while a state is loaded */
  constructor(found: Iterable<Adding | PacketReceiver | Place>) {
    const sums = new Set<Sum>();
    for (const member of new Set(found)) {
      if (member instanceof Multicast) this.multicasts.push(member);
      else if (member instanceof Sum) sums.add(member);
      else if (member instanceof Contribution) {
        this.contributions.push(member);
        sums.add(member.sum);
      }
    }
    this.sums.push(...sums);
  }

  receiver(s: StateExchange, receiver: PacketReceiver | undefined): PacketReceiver | undefined {
    return this.exchange(s, receiver) as PacketReceiver | undefined;
  }

  place(s: StateExchange, place: Place | undefined): Place | undefined {
    return this.exchange(s, place) as Place | undefined;
  }

  adding(s: StateExchange, sum: Adding | undefined): Adding {
    return this.exchange(s, sum) as Adding;
  }

  private exchange(s: StateExchange, member: object | undefined): object | undefined {
    const lists: readonly (readonly object[])[] = [[], this.multicasts, this.sums, this.contributions];
    const kind = s.number(kindOf(member));
    if (kind === NONE) return undefined;
    const number = s.number(member === undefined ? 0 : lists[kind]!.indexOf(member));
    return s.loading ? lists[kind]![number] : member;
  }
}

function kindOf(member: object | undefined): number {
  if (member === undefined) return NONE;
  if (member instanceof Multicast) return MULTICAST;
  if (member instanceof Sum) return SUM;
  if (member instanceof Contribution) return CONTRIBUTION;
  throw new ModelError('a state knows multicasts, sums and contributions only');
}
