import type { StateExchange } from 'tessera-sim';
import { L } from './assembly/layout.js';
import type { Bases } from './bases.js';
import type { FlitState } from './state.js';

const WORDS = [
  L.PACKET_DESTINATION,
  L.PACKET_HOPS,
  L.PACKET_ROUTE_STATE0,
  L.PACKET_ROUTE_STATE1,
  L.PACKET_FLITS,
  L.PACKET_FLITS_LEFT,
  L.PACKET_SOURCE,
  L.PACKET_TAG,
  L.PACKET_NEXT,
];

/** The packets under way. `unsentOf`: flits that a packet which is being sent has left at its node; undefined for others. */
export function exchangePackets(s: StateExchange, state: FlitState, bases: Bases, unsentOf: (packet: number) => number | undefined): void {
  const { memory, packets } = state;
  packets.state(s, (packet) => {
    const at = packets.record(packet);
    const { words, doubles } = memory;
    const time = at / 2;
    for (const word of WORDS) words[at + word] = s.number(words[at + word]!);
    for (const field of [L.TIME_CREATED, L.TIME_STARTED, L.TIME_HEAD_SENT]) doubles[time + field] = exchangeTime(s, doubles[time + field]!, bases);
    const flits = words[at + L.PACKET_FLITS]!;
    const ejected = flits - words[at + L.PACKET_FLITS_LEFT]!;
    doubles[time + L.TIME_HEAD_EJECTED] = exchangeTime(s, ejected > 0 ? doubles[time + L.TIME_HEAD_EJECTED]! : -1, bases);
    // The sum of (ejected - sent) over flits holds cycles of those that have been sent and not ejected.
    const sent = doubles[time + L.TIME_HEAD_SENT]! < 0 ? 0 : flits - (unsentOf(packet) ?? 0);
    const told = s.number(doubles[time + L.TIME_FLIT_CYCLES]! - (ejected - sent) * bases.nowFrom);
    doubles[time + L.TIME_FLIT_CYCLES] = told + (ejected - sent) * bases.nowTo;
  });
}

/** An absolute cycle; negative: none. */
function exchangeTime(s: StateExchange, cycle: number, { nowFrom, nowTo }: Bases): number {
  const told = s.number(cycle < 0 ? NaN : cycle - nowFrom);
  return Number.isNaN(told) ? -1 : told + nowTo;
}
