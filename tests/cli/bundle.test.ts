import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../core/document/json-schema.js';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { newAjv, schemaToCompile } from '../../core/document/validate.js';
import { documentSchema, schemaNames } from '../../core/document/installation.js';
import { builtinPlugins } from '../../plugins/index.js';
import { project, tesseraProcess } from './harness.js';
import { some } from '../many.js';
import { temporaryFolder } from '../temporary-folder.js';

const root = path.resolve(import.meta.dirname, '../..');

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

it('has code caches of both scripts that V8 takes when no flags are set', () => {
  const script = `const { Bundle } = require('./bin/load-bundle.js');
    const bundle = new Bundle(process.cwd());
    bundle.main();
    bundle.load('seldom');
    console.log(bundle.loaded.length, bundle.wantsCaches);`;
  // Without the caches of the user, which a run would have made where the build's are not taken.
  const env = { PATH: process.env['PATH'], XDG_CACHE_HOME: temporaryFolder('no-caches') };
  expect(execFileSync(process.execPath, ['-e', script], { cwd: root, env, encoding: 'utf8' })).toBe('2 false\n');
});

describe('validators compiled by the build', () => {
  const schemas: [string, JsonSchema][] = [
    ...schemaNames().map((name): [string, JsonSchema] => [`document-${name}`, documentSchema(name)]),
    ...builtinPlugins.flatMap((plugin): [string, JsonSchema][] => ('configSchema' in plugin ? [[`${plugin.kind}-${plugin.name}`, plugin.configSchema]] : [])),
  ];
  const require = createRequire(import.meta.url);

  it.each(some(schemas, 8))('%s finds what ajv finds at run time, and fills in the same defaults', (name, schema) => {
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
