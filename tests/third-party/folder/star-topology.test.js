import assert from 'node:assert/strict';
import { test } from 'node:test';
import { star } from './star-topology.js';

test('a node for each arm of each hub, and a channel each way between neighbours', () => {
  const { terminals, channels } = star(3, 4);
  assert.equal(terminals.length, 12);
  assert.equal(channels.length, 4);
});
