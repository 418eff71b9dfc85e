import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/errors.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { callTool } from '../../../core/run/call-tool.js';
import { definePlugin, type MapperPlugin } from '../../../core/index.js';

const boom = definePlugin({
  kind: 'mapper',
  name: 'boom',
  version: '1.0.0',
  summary: 'Fails on purpose',
  configSchema: { type: 'object' },
  map: () => {
    throw new Error('no idea');
  },
} satisfies MapperPlugin);

describe('a tool that throws', () => {
  const tool = { kind: 'mapper', name: 'boom', place: { file: 's.yaml', line: 3 } } as const;
  const fail = (): never => {
    throw new TypeError('no idea');
  };

  it('is named, with where it comes from, when it is a third party', async () => {
    const registry = new PluginRegistry();
    registry.add(boom, './boom.mjs');
    await expect(callTool(registry, tool, fail)).rejects.toThrow("mapper plugin 'boom' (./boom.mjs) failed: TypeError: no idea");
    await expect(callTool(registry, tool, fail)).rejects.toBeInstanceOf(InputError);
  });

  it('is a bug when it is our own, and what is bad input stays that', async () => {
    await expect(callTool(new PluginRegistry([boom]), tool, fail)).rejects.toMatchObject({
      name: 'PluginError',
      message: "mapper plugin 'boom' (built-in) failed: TypeError: no idea",
      cause: expect.any(TypeError) as unknown,
    });
    const bad = new InputError({ message: 'no legal mapping' });
    await expect(
      callTool(new PluginRegistry([boom]), tool, () => {
        throw bad;
      }),
    ).rejects.toBe(bad);
  });
});
