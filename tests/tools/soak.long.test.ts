import { describe, expect, it } from 'vitest';
import { buildNetwork, builtIn, defaultRouter, type EjectionListener, type FlitNetwork, type Routing } from '../../plugins/networks/noc-flit/api.js';
import { L } from '../../plugins/networks/noc-flit/engine/assembly/layout.js';
import { M } from '../../plugins/networks/noc-flit/engine/assembly/parameters.js';
import { checkIdle } from '../../tools/soak/idle.js';
import { everyPair, sizesOf, type Pair } from '../../tools/soak/pairs.js';
import { soakPair } from '../../tools/soak/soak-pair.js';
import { SoakRun, type SoakOutcome } from '../../tools/soak/soak-run.js';
import { Violations } from '../../tools/soak/violations.js';
import { ZeroLoad } from '../../tools/soak/zero-load.js';
import { sendOne } from '../plugins/networks/noc-flit/support.js';

const mesh = everyPair('first')[0]!;

/** Soaks a mesh whose ejections reach the ledger through `spoil`. */
function soakSpoilt(spoil: (listener: EjectionListener) => EjectionListener, prepare: (network: FlitNetwork) => void = () => {}): SoakOutcome {
  const { network, router } = buildNetwork(mesh.description, () => 0);
  const honest = network.onEjection.bind(network);
  network.onEjection = (listener) => honest(spoil(listener));
  prepare(network);
  return new SoakRun(network, mesh.description, router, { packets: 5000, seed: 1, inFlightLimit: 20 }).run();
}

describe('pairs', () => {
  it.each(builtIn.topologies)('$name has sizes', ({ name }) => {
    expect(sizesOf[name]?.length).toBeGreaterThan(0);
  });

  it('hold every routing of the catalogue, and one that is added', () => {
    const added: Routing = { ...builtIn.routings[0]!, name: 'added', topologies: ['ring', 'mesh'] };
    const names = everyPair('first', { ...builtIn, routings: [...builtIn.routings, added] }).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['mesh added', 'ring added', 'bus table', 'torus valiant_split']));
    for (const { name } of builtIn.routings) expect(names.some((pair) => pair.endsWith(` ${name}`))).toBe(true);
  });
});

describe('what a soak finds', () => {
  it('nothing, in an honest network', () => {
    expect(soakSpoilt((listener) => listener)).toMatchObject({ packets: 5000, violationCount: 0, deadlocked: false });
  });

  it('a packet that is not ejected', () => {
    const { violations } = soakSpoilt((listener) => ({ ejected: (packet) => packet.tag !== 7 && listener.ejected(packet) }));
    expect(violations).toContain('packet 7 was ejected 0 times');
  });

  it('a packet that is ejected twice', () => {
    const { violations } = soakSpoilt((listener) => ({
      ejected: (packet) => {
        listener.ejected(packet);
        if (packet.tag === 7) listener.ejected(packet);
      },
    }));
    expect(violations).toContain('packet 7 was ejected 2 times');
  });

  it('a flit too few, a time too short, a tag of nobody', () => {
    const { violations } = soakSpoilt((listener) => ({
      ejected: (packet) => {
        if (packet.tag === 7) listener.ejected({ ...packet, flits: packet.flits + 1 });
        else if (packet.tag === 8) listener.ejected({ ...packet, tailEjected: packet.created + 2 });
        else if (packet.tag === 9) listener.ejected({ ...packet, tag: 9999 });
        else listener.ejected(packet);
      },
    }));
    expect(violations).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^packet 7 of \d+ flits .* came out as/),
        expect.stringMatching(/^packet 8 .* at least/),
        'packet 9999 was never sent',
      ]),
    );
  });

  it('a virtual channel that stays taken', () => {
    const { violations } = soakSpoilt(
      (listener) => listener,
      ({ state }) => {
        state.memory.words[state.portAt(0, 0) + L.PORT_FREE] = 0b0111;
      },
    );
    expect(violations).toEqual(['free virtual channels of port 0 of router 0: 7, expected 15']);
  });

  it('a flit whose ejection is not counted', () => {
    const { violations } = soakSpoilt((listener) => ({
      ejected: (packet) => listener.ejected(packet.tag === 7 ? { ...packet, flitCycles: packet.flitCycles - packet.tailEjected } : { ...packet }),
    }));
    expect(violations).toEqual([expect.stringMatching(/^the \d+ flits of packet 7 were under way for -\d+ cycles in all/)]);
  });

  it.each<[string, (network: FlitNetwork) => void]>([
    ['entries on the calendar: 1, expected 0', ({ state }) => state.wheel.pending++],
    ['routers that are waited for: 1, expected 0', ({ state }) => state.memory.words[M.PENDING]!++],
    ['virtual channels that are to wake: 1, expected 0', ({ state }) => (state.memory.words[state.wakesAt] = 1)],
    [
      'requests for virtual channel 1 of port 1 of router 0: 1, expected 0',
      ({ state }) => (state.memory.words[state.tableAt + state.requestsAt + (state.numVcs + 1) * state.requestStride] = 1),
    ],
    ['senders that wait for virtual channel 0: 1, expected 0', ({ state }) => (state.memory.halves[2 * state.vcsAt + L.VC16_AWAITED] = 1)],
    ['slot of virtual channel 0 that is read next: 1, expected 0', ({ state }) => (state.memory.halves[2 * state.vcsAt + L.VC16_HEAD] = 1)],
    ['slot 2 of virtual channel 0 is in use', ({ state }) => (state.memory.words[state.vcsAt + L.VC_SLOTS + 2] = 4)],
    ['the credit of slot 2 of virtual channel 0 is not home', ({ state }) => (state.memory.words[state.vcsAt + L.VC_SLOTS + 2] = ~(state.cycle + 1))],
    ['cycles with arrivals at router 0: 1, expected 0', ({ state }) => (state.memory.words[state.tableAt + state.ringAt + 3] = 1)],
    ['packets that come to router 0: 1, expected 0', ({ state }) => (state.memory.words[state.tableAt + L.ROUTER_PACKETS] = 1)],
    ['input ports of router 0 that ask: 1, expected 0', ({ state }) => (state.memory.words[state.tableAt + L.ROUTER_READY] = 1)],
    ['output ports of router 0 that are asked for: 1, expected 0', ({ state }) => (state.memory.words[state.tableAt + L.ROUTER_PENDING] = 1)],
  ])('left behind: %s', (violation, leave) => {
    const { network } = buildNetwork(mesh.description, () => 0);
    const violations = new Violations();
    checkIdle(network, violations);
    expect(violations.shown).toEqual([]);
    leave(network);
    checkIdle(network, violations);
    expect(violations.shown).toContain(violation);
  });

  it('packets that come out at another node', () => {
    const crossbar = everyPair('first').find(({ name }) => name === 'crossbar dest_tag')!;
    const crossed: Routing = {
      ...crossbar.routing,
      create: (context) => {
        const made = crossbar.routing.create(context);
        return { maxRequests: 1, route: (query, set) => made.route({ ...query, destination: (query.destination + 1) % 8 }, set) };
      },
    };
    const { network, router } = buildNetwork(crossbar.description, () => 0, { ...builtIn, routings: [crossed] });
    const { violations } = new SoakRun(network, crossbar.description, router, { packets: 300, seed: 1, inFlightLimit: 20 }).run();
    expect(violations.some((text) => /^flits that node \d+ took/.test(text))).toBe(true);
  });
});

describe('deadlock', () => {
  const ring: Pair = everyPair('first').find(({ name }) => name === 'ring table')!;

  it('is told by name, and the packets pass with fewer at a time', () => {
    const report = soakPair(ring, { numVcs: 1, vcBufferFlits: 1 }, 20_000, 3);
    expect(report).toMatchObject({ canDeadlock: true, packets: 20_000, violationCount: 0 });
    expect(report.deadlocks[0]).toMatchObject({ inFlightLimit: 48 });
    expect(report.inFlightLimit).toBeLessThan(48);
  });

  it('is a violation where the dependencies have no circle', () => {
    // Port 1 of the routers on the left edge leads nowhere: no packet of theirs gets a channel.
    const astray: Routing = { ...mesh.routing, create: (context) => ({ maxRequests: 1, route: (_query, set) => set.add(1, 0, context.numVcs - 1, 0) }) };
    const report = soakPair({ ...mesh, routing: astray }, {}, 300, 1, { ...builtIn, routings: [astray] });
    expect(report).toMatchObject({ canDeadlock: false, deadlocked: true, deadlocks: [], violationCount: 1 });
    expect(report.violations[0]).toMatch(/^stands still after \d+ packets/);
  });
});

describe('the digest', () => {
  const digestOfSeed = (seed: number): string => soakPair(mesh, {}, 2000, seed).digest;

  it('is that of the seed', () => {
    expect(digestOfSeed(1)).toBe(digestOfSeed(1));
    expect(digestOfSeed(1)).not.toBe(digestOfSeed(2));
  });
});

describe('zero-load bound', () => {
  it.each([{}, { routingDelay: 0 }, { routingDelay: 2, vcAllocDelay: 2, creditDelay: 1 }, { speculative: true }])(
    'is what a packet alone takes: %o',
    (options) => {
      for (const { description } of everyPair('first').filter(({ name }) =>
        ['mesh dim_order', 'torus dim_order', 'fly dest_tag', 'tree nca', 'cmesh dor_no_express'].includes(name),
      )) {
        const router = { ...defaultRouter, ...options, vcBufferFlits: 16 };
        const { network, graph } = buildNetwork({ ...description, router }, () => 0);
        const bound = new ZeroLoad(graph, router);
        for (const [from, to, flits] of [
          [0, 0, 1],
          [0, 5, 3],
          [2, 7, 16],
          [6, 1, 1],
        ] as const) {
          const { cycles, hops } = sendOne(network, from, to, flits);
          expect(cycles).toBe(bound.cycles(from, to, flits, hops));
          if (description.topology !== 'cmesh') expect(hops).toBe(bound.hops(from, to));
        }
      }
    },
  );
});
