import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderOf, PLUGIN, told, type Folder } from './consent-folder.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** What Node's own loader does with agreed code (Vite's passes it by): every scenario in one process of the build. */
const PROGRAM = `
import { readFileSync, writeFileSync } from 'node:fs';
import { agreeTo, loadScenario, PluginRegistry } from ${JSON.stringify(path.join(ROOT, 'dist/core/index.js'))};
const ends = [];
for (const { file, swapped, by } of JSON.parse(process.argv[1])) {
  const policy = swapped === undefined ? agreeTo(['all']) : () => writeFileSync(swapped, by + readFileSync(swapped, 'utf8'));
  ends.push(await loadScenario(file, new PluginRegistry([]), { plugins: policy }).then(() => 'loaded', (error) => error.message));
}
console.log(JSON.stringify(ends));`;

interface Case {
  readonly name: string;
  readonly folder: Folder;
  /** A file that is changed once it has been agreed to. */
  readonly swapped?: string;
  readonly says: string;
}

const REFUSED = 'which is not among the code that was agreed to: a plugin names its modules by literal relative paths';

const OUTSIDE = {
  'out/evil.js': 'TOLD',
  's/any.js': 'TOLD',
  's/node_modules/hidden/package.json': '{ "main": "./index.js" }',
  's/node_modules/hidden/index.js': '',
};
const importing = (code: string): Folder => folderOf({ ...OUTSIDE, 's/p.js': `${code}\n${PLUGIN}` });

const IMPORTS: readonly (readonly [string, string])[] = [
  ['by a computed name', "await import('../out/' + 'evil.js');"],
  ['by an escape', String.raw`import '..\u002fout/evil.js';`],
  ['by a URL', "await import(new URL('../out/' + 'evil.js', import.meta.url));"],
  ['written in it', "await import('data:text/javascript,throw 1');"],
  ['of its own folder by a computed name', "await import('./a' + 'ny.js');"],
  ['of a package that nobody could see', "await import('hid' + 'den');"],
];

const PACKAGE = {
  's/node_modules/mine/package.json': '{ "name": "mine", "version": "1.0.0", "main": "./index.js", "dependencies": { "below": "1" } }',
  's/node_modules/mine/index.js': `const part = 'part';\nrequire('./' + part);\n${PLUGIN.replace('export default', 'module.exports =')}`,
  's/node_modules/mine/part.js': "require('below').value();\n",
  's/node_modules/below/package.json': '{ "name": "below" }',
  's/node_modules/below/index.js': 'exports.value = () => {};\n',
};

function linkedPackage(): Folder {
  const folder = folderOf({ ...PACKAGE, 'evil.js': 'throw new Error("ran");' }, 'mine');
  const part = folder.file('s/node_modules/mine/part.js');
  writeFileSync(part, `require('./evil.js');\n${readFileSync(part, 'utf8')}`);
  symlinkSync('../../../evil.js', folder.file('s/node_modules/mine/evil.js'));
  return folder;
}

const swapping = (name: string): Case => {
  const folder = folderOf({ 's/p.js': `import './lib/a.js';\nimport './c.cjs';\n${PLUGIN}`, 's/lib/a.js': 'export {};\n', 's/c.cjs': '' });
  const swapped = folder.file(`s/${name}`);
  return { name: `changed ${name}`, folder, swapped, says: `${swapped} has changed since its code was agreed to` };
};

const CASES: readonly Case[] = [
  ...IMPORTS.map(([name, code]): Case => ({ name: `code ${name}`, folder: importing(code), says: REFUSED })),
  ...['p.js', 'lib/a.js', 'c.cjs'].map(swapping),
  { name: 'a link in a package', folder: linkedPackage(), says: REFUSED },
  { name: 'a package with its dependencies', folder: folderOf(PACKAGE, 'mine'), says: 'loaded' },
  {
    name: 'all kinds of modules',
    folder: folderOf({
      's/p.js': `import './a.js';\nimport './b.cjs';\nimport data from './d.json' with { type: 'json' };\nimport 'node:fs';\n${PLUGIN}`,
      's/a.js': "await import('./late.js');\n",
      's/late.js': '',
      's/b.cjs': "require('./c.cjs'); require('./d.json'); require('path');\n",
      's/c.cjs': '',
      's/d.json': '{}',
    }),
    says: 'loaded',
  },
];

describe('of the code of a plugin, once it is agreed to, Node loads', () => {
  let ends: string[];
  beforeAll(() => {
    const cases = CASES.map(({ folder, swapped }) => ({
      file: folder.file('s/s.yaml'),
      swapped,
      by: swapped?.endsWith('.cjs') ? '/**/' : told(folder.file('ran')),
    }));
    const { NODE_OPTIONS: _, ...env } = process.env;
    ends = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM, JSON.stringify(cases)], { encoding: 'utf8', env })) as string[];
  }, 60_000);

  it.each(CASES.map((one, index) => [one.says === 'loaded' ? 'whole' : 'no', one.name, index] as const))('%s: %s', (_, __, index) => {
    const { folder, says } = CASES[index] as Case;
    expect(ends[index]).toContain(says);
    expect(folder.hasRun()).toBe(false);
  });
});
