import { describe, expect, it } from 'vitest';
import { buildNetwork, type NetworkDescription, type RouterParameters } from '../../../../plugins/networks/noc-flit/api.js';
import { sendOne } from './support.js';

const mesh8 = { topology: 'mesh', routing: 'dim_order', options: { k: 8, n: 2 } };
const torus8 = { topology: 'torus', routing: 'dim_order', options: { k: 8, n: 2 } };
const cmesh4 = { topology: 'cmesh', options: { k: 4, c: 4 } };
const fly43 = { topology: 'fly', routing: 'dest_tag', options: { k: 4, n: 3 } };

type Row = [
  name: string,
  network: NetworkDescription,
  router: Partial<RouterParameters>,
  from: number,
  to: number,
  hops: number,
  flits: number,
  cycles: number,
];

/** A packet alone in an empty network, traced in BookSim2 28f4329 (docs/models/noc-flit.md). */
const measured: Row[] = [
  ['mesh8, 15 hops', mesh8, {}, 0, 63, 15, 3, 79],
  ['mesh8, buffers of 4', mesh8, { vcBufferFlits: 4 }, 0, 27, 7, 5, 42],
  ['mesh8, 8 flits', mesh8, {}, 0, 27, 7, 8, 44],
  ['mesh8, 16 flits', mesh8, {}, 0, 27, 7, 16, 52],
  ['mesh8, 16 flits, buffers of 4', mesh8, { vcBufferFlits: 4 }, 0, 27, 7, 16, 55],
  ['mesh8, buffers of 2', mesh8, { vcBufferFlits: 2 }, 0, 54, 13, 4, 73],
  ['mesh8, buffers of 1', mesh8, { vcBufferFlits: 1 }, 0, 54, 13, 4, 82],
  ['torus8', torus8, {}, 0, 18, 5, 5, 35],
  ['torus8, 16 flits', torus8, {}, 0, 18, 5, 16, 46],
  ['torus8, 16 flits, buffers of 4', torus8, { vcBufferFlits: 4 }, 0, 18, 5, 16, 55],
  ['cmesh with express, a way without', { ...cmesh4, routing: 'dor' }, {}, 16, 38, 5, 5, 35],
  ['cmesh without express', { ...cmesh4, routing: 'dor_no_express' }, {}, 0, 36, 5, 5, 35],
  ['fly 4-ary 3', fly43, {}, 0, 63, 3, 5, 21],
  ['speculative', mesh8, { speculative: true }, 0, 27, 7, 5, 34],
  ['lookahead', mesh8, { routingDelay: 0 }, 0, 27, 7, 5, 34],
  ['speculative and lookahead', mesh8, { speculative: true, routingDelay: 0 }, 0, 27, 7, 5, 27],
  ['internal speedup 2', mesh8, { internalSpeedup: 2 }, 0, 27, 7, 5, 27],
  ['switch traversal 2', mesh8, { switchFinalDelay: 2 }, 0, 27, 7, 5, 49],
  ['VC allocation 2', mesh8, { vcAllocDelay: 2 }, 0, 27, 7, 5, 48],
  ['routing 2', mesh8, { routingDelay: 2 }, 0, 27, 7, 5, 48],
  ['switch allocation 2', mesh8, { switchAllocDelay: 2 }, 0, 27, 7, 5, 52],
  ['held switch', mesh8, { holdSwitchForPacket: true }, 0, 27, 7, 5, 41],
  ['wait for tail credit', mesh8, { waitForTailCredit: true }, 0, 27, 7, 5, 41],
  ['held switch and wait for tail credit', mesh8, { holdSwitchForPacket: true, waitForTailCredit: true }, 0, 27, 7, 5, 41],
  ['credit delay 2', mesh8, { creditDelay: 2 }, 0, 27, 7, 16, 52],
];

describe('a packet alone', () => {
  it.each(measured)('%s', (_name, description, router, from, to, hops, flits, cycles) => {
    const { network } = buildNetwork({ ...description, router }, () => 0);
    expect(sendOne(network, from, to, flits)).toEqual({ cycles, hops });
  });

  it.each(measured)('%s, general stages', (_name, description, router, from, to, hops, flits, cycles) => {
    const { network } = buildNetwork({ ...description, router }, () => 0, undefined, false);
    expect(sendOne(network, from, to, flits)).toEqual({ cycles, hops });
  });
});
