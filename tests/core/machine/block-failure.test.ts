import { describe, expect, it } from 'vitest';
import { buildMachine, definePlugin, InputError, ModelError, type Block, type BlockPlugin } from '../../../core/index.js';

const fail = (): never => {
  throw new TypeError('no idea');
};

function machineOf(create: () => Block): ReturnType<typeof buildMachine> {
  const plugin = definePlugin({
    kind: 'core',
    name: 'brittle',
    version: '1.0.0',
    summary: 'Fails on purpose',
    configSchema: { type: 'object', properties: {} },
    ports: {},
    statistics: {},
    describe: () => ({ kind: 'other' }),
    create,
  }) as BlockPlugin;
  return buildMachine({
    name: 'm',
    clocks: { core: 1e9 },
    referenceClock: 'core',
    blocks: [{ path: 'pe', plugin, clock: 'core', config: {} }],
    connections: [],
    seed: 1,
  } as never);
}

describe('a block whose plugin throws', () => {
  it('when it is made: bad input, with block, plugin and reason', () => {
    expect(() => machineOf(fail)).toThrow(InputError);
    expect(() => machineOf(fail)).toThrow("pe: plugin 'brittle' could not create its block: TypeError: no idea");
  });

  it.each([
    ['to start', { start: fail }, (machine: ReturnType<typeof machineOf>) => machine.start()],
    ['to finish', { finish: fail }, (machine: ReturnType<typeof machineOf>) => machine.finish()],
    ['to say what it waits for', { waits: fail }, (machine: ReturnType<typeof machineOf>) => machine.kernel.unfinishedWaits()],
  ])('%s: a failed machine, with block, plugin and reason', (when, block, act) => {
    const acted = (): unknown => act(machineOf(() => block as Block));
    expect(acted).toThrow(ModelError);
    expect(acted).toThrow(`pe: plugin 'brittle' failed ${when}: TypeError: no idea`);
  });
});
