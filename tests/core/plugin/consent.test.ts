import { readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agreeTo, type PluginCode } from '../../../core/index.js';
import { importedTexts } from '../../../core/plugin/consent/named-modules.js';
import { codeHash } from '../../../core/plugin/consent/plugin-code.js';
import { folderOf, PLUGIN, sha256, sha256Of, type Folder } from './consent-folder.js';

/** The code that somebody would be asked about; nothing runs. */
async function codeOf({ load }: Folder, allow: readonly string[] = []): Promise<PluginCode> {
  let found: PluginCode | undefined;
  const ask = (code: PluginCode): void => {
    found = code;
    throw new Error('asked');
  };
  await expect(load({ plugins: ask, allow })).rejects.toThrow('asked');
  if (found === undefined) throw new Error('nobody was asked');
  return found;
}

const all = agreeTo(['all']);

describe('a plugin that a scenario names', () => {
  it('does not run unless somebody agrees, and the message says what to type', async () => {
    const folder = folderOf({ 's/p.js': `TOLD${PLUGIN}` });
    const hash = sha256Of(folder.file('s/p.js'));
    await expect(folder.load()).rejects.toThrow(
      `s.yaml:3:11: plugins: './p.js' is code that nobody has agreed to run: ${folder.file('s/p.js')}, SHA-256 ${hash}`,
    );
    await expect(folder.load()).rejects.toThrow(`expected --allow-plugins ${hash}`);
    await expect(folder.load({ plugins: agreeTo([sha256('other')]) })).rejects.toThrow(`SHA-256 ${hash}, not ${sha256('other')}`);
    expect(folder.hasRun()).toBe(false);
    const { code } = await folder.load({ plugins: agreeTo([hash.toUpperCase()]) });
    expect({ code, ran: folder.hasRun() }).toEqual({ code: [hash], ran: true });
  });

  it.each([
    ['all', () => 'all'],
    ['its file', (folder: Folder) => folder.file('s/p.js')],
    ['its file by a link', (folder: Folder) => folder.file('link.js')],
  ])('runs when %s is agreed to', async (_, word) => {
    const folder = folderOf({ 's/p.js': PLUGIN });
    symlinkSync(folder.file('s/p.js'), folder.file('link.js'));
    expect((await folder.load({ plugins: agreeTo([word(folder)]) })).code).toEqual([sha256(PLUGIN)]);
  });

  it.each(['data:text/javascript,export default 1', 'http://x.org/p.js', 'https://x.org/p.js', 'file:///p.js', 'node:fs', 'blob:x'])(
    'never runs as %s',
    async (specifier) => {
      const { load } = folderOf({}, specifier);
      await expect(load({ plugins: all })).rejects.toThrow(/is no plugin file: code of a '\w+:' address never runs; expected a file in the scenario's folder/);
    },
  );
});

describe('what is agreed to', () => {
  const FILES = {
    's/p.js': `import './lib/a.js';\nimport { x } from "beside";\nif (globalThis.never) await import(\`./lib/late.js\`);\n${PLUGIN}`,
    's/lib/a.js': "export * from '../b.js';\n",
    's/lib/late.js': 'export default 1;\n',
    's/b.js': "import c from './c.cjs';\n",
    's/c.cjs': "require('./d');\n",
    's/d.js': '',
    's/other.js': '',
    's/node_modules/beside/package.json': '{ "name": "beside", "dependencies": { "below": "1" }, "exports": "./index.js" }',
    's/node_modules/beside/index.js': 'export const x = 1;\n',
    's/node_modules/beside/lib/any.txt': '',
    's/node_modules/below/package.json': '{ "name": "below" }',
    's/node_modules/below/index.js': '',
    's/node_modules/apart/package.json': '{ "name": "apart" }',
  };
  const NOT_OF_IT = ['s/other.js', 's/package.json', 's/s.yaml', 's/node_modules/apart/package.json'];

  it('is the module with all that it imports, through packages too: each changes the hash, nothing else does', async () => {
    const folder = folderOf(FILES);
    const before = await codeOf(folder);
    expect([...before.files.keys()].sort()).toEqual(
      Object.keys(FILES)
        .filter((name) => !NOT_OF_IT.includes(name))
        .map(folder.file)
        .sort(),
    );
    for (const name of [...Object.keys(FILES), 's/package.json']) {
      const text = readFileSync(folder.file(name), 'utf8');
      writeFileSync(folder.file(name), `${text} `);
      expect((await codeOf(folder)).sha256 === before.sha256, name).toBe(NOT_OF_IT.includes(name));
      writeFileSync(folder.file(name), text);
    }
  });

  it('has of several files the hash that `sha256sum A B | sha256sum` prints, wherever they lie', async () => {
    const files = { 's/p.js': `import './lib/a.js';\n${PLUGIN}`, 's/lib/a.js': 'export {};\n' };
    const lines = ['lib/a.js', 'p.js'].map((name) => `${sha256(files[`s/${name}` as keyof typeof files])}  ${name}\n`);
    expect((await codeOf(folderOf(files))).sha256).toBe(sha256(...lines));
    const folder = folderOf(files);
    await folder.load({ plugins: agreeTo(Object.values(files).map((text) => sha256(text))) });
    await expect(folder.load({ plugins: agreeTo([sha256(files['s/p.js'])]) })).rejects.toThrow('nobody has agreed');
  });

  it('is nothing that is no file', async () => {
    const folder = folderOf({});
    symlinkSync('/dev/zero', folder.file('s/p.js'));
    await expect(folder.load({ plugins: all, allow: ['/dev'] })).rejects.toThrow("'/dev/zero' is no regular file");
  });
});

describe('code from elsewhere', () => {
  const EVIL = { 'out/evil.js': `TOLD${PLUGIN}` };

  it.each([
    ['by ..', () => '../out/evil.js'],
    ['by an absolute path', (outside: string) => outside],
    ['by a link', () => './link.js'],
    ['by a folder that is a link', () => './linked/evil.js'],
  ])('does not run %s, and the message says what to type', async (_, specifierOf) => {
    const outside = folderOf(EVIL);
    const folder = folderOf(EVIL, specifierOf(outside.file('out/evil.js')));
    symlinkSync('../out/evil.js', folder.file('s/link.js'));
    symlinkSync('../out', folder.file('s/linked'));
    const words = await folder.load({ plugins: all }).catch((error: Error) => /--allow (\S+) --allow-plugins (\w{64})$/.exec(error.message) ?? []);
    const [, allow = '', hash = ''] = words as string[];
    expect([folder.hasRun(), outside.hasRun()]).toEqual([false, false]);
    await expect(folder.load({ allow: [allow] })).rejects.toThrow('nobody has agreed');
    expect((await folder.load({ allow: [allow], plugins: agreeTo([hash]) })).code).toEqual([hash]);
  });

  it('is not imported', async () => {
    const folder = folderOf({ ...EVIL, 's/p.js': `import '../out/evil.js';\n${PLUGIN}` });
    await expect(folder.load({ plugins: all })).rejects.toThrow("'./p.js' imports '../out/evil.js', which lies outside the scenario's folder");
    expect(folder.hasRun()).toBe(false);
  });

  it('is imported from a folder that is allowed', async () => {
    const folder = folderOf({ 'out/package.json': '{ "type": "module" }', ...EVIL, 's/p.js': `import '../out/evil.js';\n${PLUGIN}` });
    await folder.load({ plugins: all, allow: [folder.file('out')] });
    expect(folder.hasRun()).toBe(true);
  });
});

describe('a file that changes', () => {
  it('after it was loaded is told, not passed over: a process loads a module once', async () => {
    const folder = folderOf({ 's/p.js': PLUGIN });
    await folder.load({ plugins: all });
    await folder.load({ plugins: all });
    writeFileSync(folder.file('s/p.js'), `${PLUGIN}// new\n`);
    await expect(folder.load({ plugins: all })).rejects.toThrow("'./p.js' has changed since this process loaded it");
  });
});

describe('an installed package', () => {
  const PACKAGE = {
    's/node_modules/mine/package.json': '{ "name": "mine", "version": "1.0.0", "main": "./index.js" }',
    's/node_modules/mine/index.js': `const part = 'part';\nrequire('./' + part);\n${PLUGIN.replace('export default', 'module.exports =')}`,
    's/node_modules/mine/part.js': '',
  };

  it('is asked about with all its files, and its name may be agreed to', async () => {
    const folder = folderOf(PACKAGE, 'mine');
    const code = await codeOf(folder);
    expect({ at: code.at, files: code.files.size }).toEqual({ at: folder.file('s/node_modules/mine'), files: 3 });
    await expect(folder.load()).rejects.toThrow('or --allow-plugins mine');
  });

  it('that is a link to somewhere else needs that folder allowed', async () => {
    const folder = folderOf(PACKAGE, 'mine');
    renameSync(folder.file('s/node_modules/mine'), folder.file('mine'));
    symlinkSync('../../mine', folder.file('s/node_modules/mine'));
    await expect(folder.load({ plugins: all })).rejects.toThrow(`package 'mine' is a link to ${folder.file('mine')}`);
    expect((await codeOf(folder, [folder.file('mine')])).files.size).toBe(3);
  });

  it.each(['mine', 'tessera-sim/dram', 'fs', '.', '#x', '@x'])('must be there: %s', async (name) => {
    await expect(folderOf({}, name).load({ plugins: all })).rejects.toThrow(/no npm package|no name of a package/);
  });
});

describe('names in the hash', () => {
  it('cannot pass for other lines', () => {
    const [a, b] = [sha256('a'), sha256('b')];
    const honest = new Map(['x.js', 'y.js', 'z.js'].map((name) => [`/s/${name}`, name === 'y.js' ? b : a]));
    const forged = new Map([
      [`/s/x.js\n${b}  y.js`, a],
      ['/s/z.js', a],
    ]);
    expect(codeHash(honest, '/s')).toBe(sha256(`${a}  x.js\n${b}  y.js\n${a}  z.js\n`));
    expect(codeHash(forged, '/s')).toBe(sha256(`\\${a}  x.js\\n${b}  y.js\n${a}  z.js\n`));
  });

  it('are looked for in linear time', () => {
    const spaces = ' '.repeat(200_000);
    expect(importedTexts(`from${spaces}x; require(${spaces}'./a.js')`)).toEqual(['./a.js']);
  });
});
