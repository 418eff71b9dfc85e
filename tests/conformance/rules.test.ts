import { describe, expect, it } from 'vitest';
import { broken, memoryWith } from './faulty-memory.js';

describe('the contract', () => {
  it('holds for a plain memory', () => {
    expect(broken(memoryWith('none'))).toEqual([]);
  });

  it.each([
    ['a lost answer', memoryWith('loses'), 'answers every request'],
    ['results that depend on what ran before', memoryWith('random'), 'gives the same results twice'],
    ['a statistic without a description', memoryWith('none', ''), 'describes itself'],
    ['a changed requester', memoryWith('requester'), 'requester and the tag'],
  ])('notices %s', (_, plugin, rule) => {
    expect(broken(plugin).join('; ')).toContain(rule);
  });
});
