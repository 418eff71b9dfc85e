// DDR4 with two commands of its own, a scheduler with a parameter, and a controller plugin: docs/models/dram.md quotes them.
import { definePlugin } from 'tessera-sim';
import { Command, STANDARDS, dramControllerPlugins, dramSchedulers, dramStandards, inherit } from 'tessera-sim/dram';

const ddr4Pim = inherit(STANDARDS.get('DDR4'), {
  name: 'DDR4-PIM',
  source: 'an example; the commands are in no JEDEC standard',
  parts: {},
  commands: [
    { name: 'VRR', scope: 'bank', effects: ['refresh'], bus: 'row' },
    { name: 'PIM_MAC', scope: 'rank', effects: ['compute'], bus: 'column', needs: 'open', energyPj: 400 },
  ],
  rules: {
    refreshRow: { level: 'bank', preceding: 'VRR', following: 'ACT VRR', latency: 'nVRR' },
    refreshRowFirst: { level: 'rank', preceding: 'VRR', following: 'REFab', latency: 'nVRR' },
    refreshRowClosed: { level: 'bank', preceding: 'PREpb', following: 'VRR', latency: 'nRP' },
    computeOnOpen: { level: 'bank', preceding: 'ACT', following: 'PIM_MAC', latency: 'nRCD' },
    computeToCompute: { level: 'rank', preceding: 'PIM_MAC', following: 'PIM_MAC RD WR PREpb PREab', latency: 'nMAC' },
  },
});

const cappedHits = {
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { cap: { type: 'integer', minimum: 1, default: 4, description: 'Row hits in a row that may overtake an older request to the bank' } },
  },
  create: ({ cap }) => ({
    create: ({ topology }) => {
      const overtakers = new Int32Array(topology.banks);
      return {
        choose(queue) {
          for (let i = 0; i < queue.count; i++) {
            if (queue.ready[i] === 0 || (queue.isWrite[i] === 1) !== queue.draining) continue;
            const bank = queue.bank[i];
            const overtakes = queue.rowHit[i] === 1 && queue.bank.indexOf(bank) < i;
            if (overtakes && overtakers[bank] >= cap) continue;
            overtakers[bank] = overtakes ? overtakers[bank] + 1 : 0;
            return i;
          }
          return -1;
        },
      };
    },
  }),
};

const rowGuard = {
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { threshold: { type: 'integer', minimum: 1, default: 512, description: 'Activates of a row after which its neighbours are refreshed' } },
  },
  create: ({ threshold }) => ({
    create: ({ commands, issued, inject, rows, topology }) => {
      const vrr = commands.codeOf('VRR', 'controllerPlugins');
      const activates = new Uint32Array(topology.banks * rows);
      let refreshes = 0;
      return {
        onIssue(slot) {
          if (issued.command[slot] !== Command.activate) return;
          const bank = issued.bank[slot];
          const row = issued.row[slot];
          const at = bank * rows + row;
          if (++activates[at] < threshold) return;
          activates[at] = 0;
          if (row > 0 && inject(vrr, bank, row - 1, 'first')) refreshes++;
          if (row < rows - 1 && inject(vrr, bank, row + 1, 'first')) refreshes++;
        },
        report: () => ({ refreshes }),
      };
    },
  }),
};

const extension = (name, summary, point, what) => definePlugin({ kind: 'extension', name, version: '1.0.0', summary, point, ...what });

export default [
  extension('ddr4-pim', 'DDR4 with a victim row refresh and an all-bank compute command', dramStandards, { value: ddr4Pim }),
  extension('capped-hits', 'First ready, but no row is held for ever', dramSchedulers, cappedHits),
  extension('row-guard', 'Refreshes the neighbours of rows that are activated often', dramControllerPlugins, rowGuard),
];
