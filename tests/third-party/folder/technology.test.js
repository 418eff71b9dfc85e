import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scale, technology } from './technology.js';

test('half the voltage is a quarter of the energy', () => {
  assert.equal(scale(8, 0.5), 2);
});

test('only reads of scratchpads are answered', () => {
  const table = technology.create({ readPj: 3 }, undefined, { node: { volts: 2 } });
  assert.equal(table.picojoules({ plugin: 'sram', action: 'read' }), 12);
  assert.equal(table.picojoules({ plugin: 'sram', action: 'write' }), undefined);
});
