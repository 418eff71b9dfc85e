import { describe, expect, it } from 'vitest';
import { broken, memoryWith } from './faulty-memory.js';

describe('the contract', () => {
  it.each([['a block that never rests', memoryWith('never-ends'), 'leaves no event behind']])('notices %s', (_, plugin, rule) => {
    expect(broken(plugin).join('; ')).toContain(rule);
  });
});
