import { describe, expect, it } from 'vitest';
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

  it.each([
    [['idle', 'busy'], "'stallClasses' is a list of names, without roles"],
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
