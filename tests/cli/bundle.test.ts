import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JsonSchema } from '../../core/document/json-schema.js';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { newAjv, schemaToCompile } from '../../core/document/validate.js';
import { documentSchema, schemaNames } from '../../core/document/installation.js';
import { builtinPlugins } from '../../plugins/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { project, tesseraProcess } from './harness.js';

const root = path.resolve(import.meta.dirname, '../..');
const SMALL = path.join(root, 'scenarios/examples/hand-written-schedule.yaml');

/** The lines of a run that say nothing about its speed. */
const facts = (text: string): string => text.replace(/^.* ms of CPU time$/m, '');

describe('the bundled build', () => {
  it('knows the same plugins as the list in plugins/', async () => {
    const { stdout } = await tesseraProcess(['plugin', 'list', '--json']);
    const listed = (JSON.parse(stdout) as { plugins: { kind: string; name: string }[] }).plugins.map(({ kind, name }) => `${kind} ${name}`);
    expect(listed).toEqual(new PluginRegistry(builtinPlugins).list().map(({ kind, name }) => `${kind} ${name}`));
  });

  it('gives third-party plugins its own modules, under every name of the package', async () => {
    const index = `import * as sim from 'tessera-sim';
      import * as alias from 'tessera';
      import * as dram from 'tessera-sim/dram';
      import * as flit from 'tessera/noc-flit';
      const { publicModules } = globalThis[Symbol.for('tessera-sim.running-bundle')];
      const own = (name, module) => Object.keys(module).length > 0 && Object.keys(module).every((key) => module[key] === publicModules[name].load()[key]);
      if (alias.InputError !== sim.InputError) throw new Error('the alias has another core');
      if (!own('tessera-sim', sim) || !own('tessera-sim/dram', dram) || !own('tessera-sim/noc-flit', flit)) throw new Error('not the modules of the bundle');
      throw new sim.InputError({ message: 'thrown by the plugin', expected: 'to be known as an InputError' });`;
    const cwd = project({ 'mine/index.js': index });
    const { code, stderr } = await tesseraProcess(['plugin', 'list', '--plugin', './mine/index.js'], { cwd });
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'thrown by the plugin; expected to be known as an InputError\n' });
  });
});

describe("V8's code cache", () => {
  afterEach(() => void vi.unstubAllEnvs());

  /** A flag that changes the code that V8 makes, so that the cache of the build does not fit. */
  const otherFlags = ['--max-lazy'];
  const run = () => tesseraProcess(['run', SMALL], { cwd: root, node: otherFlags });

  it('is written for another Node, taken, and left alone when it is damaged', async () => {
    const home = temporaryFolder('cache');
    vi.stubEnv('XDG_CACHE_HOME', home);
    const usual = facts((await tesseraProcess(['run', SMALL], { cwd: root })).stdout);
    expect(existsSync(path.join(home, 'tessera'))).toBe(false);
    expect(facts((await run()).stdout)).toBe(usual);
    const folder = path.join(home, 'tessera');
    const names = readdirSync(folder);
    expect(names.some((name) => name.startsWith('tessera-') && name.endsWith('.cache'))).toBe(true);
    const file = path.join(folder, names.find((name) => name.startsWith('tessera-')) as string);
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    for (let at = 1000; at < damaged.length; at += 5000) damaged[at] = 0xff - (damaged[at] as number);
    for (const bytes of [damaged, whole.subarray(0, whole.length / 2), Buffer.alloc(0)]) {
      writeFileSync(file, bytes);
      const { code, stdout } = await run();
      expect({ code, facts: facts(stdout) }).toEqual({ code: 0, facts: usual });
      expect(readFileSync(file).length, 'written again').toBeGreaterThan(whole.length / 2);
    }
  });

  it('is done without where it cannot be written', async () => {
    const home = path.join(project({ file: 'no folder' }), 'file');
    vi.stubEnv('XDG_CACHE_HOME', home);
    expect(await run()).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('validators compiled by the build', () => {
  const schemas: [string, JsonSchema][] = [
    ...schemaNames().map((name): [string, JsonSchema] => [`document-${name}`, documentSchema(name)]),
    ...builtinPlugins.flatMap((plugin): [string, JsonSchema][] => ('configSchema' in plugin ? [[`${plugin.kind}-${plugin.name}`, plugin.configSchema]] : [])),
  ];
  const require = createRequire(import.meta.url);

  it.each(schemas)('%s finds what ajv finds at run time, and fills in the same defaults', (name, schema) => {
    const compiled = require(path.join(root, 'dist/bundle/validators', `${name}.cjs`)) as ValidateFunction;
    const direct = newAjv().compile(schemaToCompile(schema));
    let faults = 0;
    for (const value of valuesFor(schema)) {
      const [ours, theirs] = [structuredClone(value), structuredClone(value)];
      const outcome = (validate: ValidateFunction, data: unknown) => ({ holds: validate(data), data, errors: validate.errors });
      const expected = outcome(direct, theirs);
      expect(outcome(compiled, ours)).toEqual(expected);
      faults += expected.errors?.length ?? 0;
    }
    expect(faults).toBeGreaterThan(3);
  });
});

/** Values that break a schema in one place each: nothing of it, a wrong kind of value, an unknown key. */
function valuesFor(schema: JsonSchema): unknown[] {
  const wrong = [null, -1, 0.5, 'text', true, [], [{}], {}, { unknown: 1 }];
  const keys = Object.keys(schema.properties ?? {});
  return [...wrong, ...keys.flatMap((key) => wrong.map((value) => ({ [key]: value })))];
}
