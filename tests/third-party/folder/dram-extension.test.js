import assert from 'node:assert/strict';
import { test } from 'node:test';
import plugins from './dram-extension.js';

const named = (name) => plugins.find((plugin) => plugin.name === name);
const ddr4Pim = named('ddr4-pim').value;
const cappedHits = named('capped-hits');

test('the standard has commands of its own beside those of DDR4', () => {
  assert.deepEqual(
    ddr4Pim.commands.map(({ name, scope }) => [name, scope]),
    [
      ['VRR', 'bank'],
      ['PIM_MAC', 'rank'],
    ],
  );
});

test('row hits overtake an older request to their bank only so often', () => {
  const scheduler = cappedHits.create({ cap: 1 }).create({ topology: { banks: 1 } });
  const queue = { count: 2, draining: false, ready: [0, 1], isWrite: [0, 0], rowHit: [0, 1], bank: Int32Array.of(0, 0) };
  assert.equal(scheduler.choose(queue), 1);
  assert.equal(scheduler.choose(queue), -1);
});
