import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationsOf } from './patient-mapper.js';

test('input in, compute, output out', () => {
  const operands = [
    { name: 'I', tensor: 'X', role: 'activation' },
    { name: 'O', tensor: 'Y', role: 'output' },
  ];
  const tensors = { X: { dims: { M: 8 }, format: 'int8' }, Y: { dims: { M: 8 }, format: 'int8' } };
  const { operations } = operationsOf(
    { tensors, layers: [{ name: 'relu', operator: 'relu', loops: { M: 8 }, operands }] },
    { local: 'l1', core: 'pe', dma: 'dma' },
  );
  assert.deepEqual(
    operations.map(({ kind }) => kind),
    ['transfer', 'compute', 'transfer'],
  );
});
