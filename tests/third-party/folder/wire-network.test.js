import assert from 'node:assert/strict';
import { test } from 'node:test';
import wire from './wire-network.js';

test('mappers and estimators see the hop latency, and that messages pass through', () => {
  const facts = wire.describe({ path: 'n', config: { latencyCycles: 7 } });
  assert.equal(facts.hopCycles, 7);
  assert.equal(facts.forwards, true);
});
