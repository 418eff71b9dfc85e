import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../core/plugin/block-plugin.js';
import { oldStallForm } from '../../../core/plugin/stall-class-shape.js';
import { checkPluginShape } from '../../../core/plugin/plugin-shape.js';
import { toyPlugins } from '../scenario/load-fixture.js';

const [core] = toyPlugins;
const check = (stallClasses: unknown): unknown => checkPluginShape({ ...core, stallClasses }, './mine.js');
const idle = { role: 'rest', description: 'Nothing' };

describe('the stall classes of a plugin', () => {
  it('may be left out, or be classes with roles', () => {
    expect(() => check(undefined)).not.toThrow();
    expect(() => check({ idle, late: { role: 'wait', on: 'memory', description: 'Late' } })).not.toThrow();
  });

  it('may be a list of names, as before there were roles: all but the first are work, and a note says so', () => {
    const old = { ...core, stallClasses: ['idle', 'busy', 'late'] };
    const plugin = checkPluginShape(old, './mine.js') as BlockPlugin;
    expect(Object.entries(plugin.stallClasses!).map(([name, { role }]) => [name, role])).toEqual([
      ['idle', 'rest'],
      ['busy', 'work'],
      ['late', 'work'],
    ]);
    expect(checkPluginShape(old, './mine.js')).toBe(plugin);
    expect(old.stallClasses).toEqual(['idle', 'busy', 'late']);
    expect(oldStallForm(plugin)).toContain("core plugin 'toy-core': 'stallClasses' is a list of names, an old form");
    expect(oldStallForm(checkPluginShape(core, './mine.js'))).toBeUndefined();
  });

  it.each([
    [['idle', 3], "'stallClasses' is a list, but not of names"],
    [[], "'stallClasses' is a list, but not of names"],
    [{}, "'stallClasses' is empty"],
    [{ busy: { role: 'work', description: 'At work' }, idle }, "the first stall class, 'busy', in which the block starts, is not one of rest"],
    [{ idle, late: { role: 'waiting', description: 'Late' } }, 'stall class \'late\' has the role "waiting": it is one of rest, work or wait'],
    [{ idle, late: { role: 'wait', on: 'rain', description: 'Late' } }, 'stall class \'late\' waits on "rain"'],
    [{ idle, busy: { role: 'work', on: 'memory', description: 'At work' } }, 'stall class \'busy\' waits on "memory", but its role is "work"'],
    [{ idle: 'rest' }, "stall class 'idle' is no object"],
  ])('are refused as %j', (stallClasses, message) => {
    expect(() => check(stallClasses)).toThrow(`./mine.js: core plugin 'toy-core': ${message}`);
  });
});
