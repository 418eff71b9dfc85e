import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { commandLineConsent } from '../../cli/consent/command-line-consent.js';
import { ConsentStore } from '../../cli/consent/consent-store.js';
import { questionText, type Terminal } from '../../cli/consent/question.js';
import { loadScenario, PluginRegistry, type PluginCode } from '../../core/index.js';
import { PLUGIN, sha256 } from '../core/plugin/consent-folder.js';
import { some } from '../many.js';
import { temporaryFolder } from '../temporary-folder.js';
import { project, tessera } from './harness.js';

const codeOf = (text: string, at = '/s/p.js'): PluginCode => ({
  specifier: './p.js',
  at,
  isPackage: false,
  files: new Map([[at, sha256(text)]]),
  sha256: sha256(text),
});

/** A person at a terminal who gives these answers, one to each question. */
function person(...answers: string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  let shown = '';
  let asked = 0;
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (chunk.toString().endsWith('[y/N] ')) input.write(answers[asked++] ?? 'n\n');
  });
  const terminal: Terminal = { input, output };
  return { terminal, shown: () => shown, asked: () => asked };
}

const nobody: Terminal = { input: new PassThrough(), output: new PassThrough() };

function storeIn(folder: string) {
  const warnings: string[] = [];
  return { store: new ConsentStore(path.join(folder, 'plugins.json'), (text) => warnings.push(text)), warnings };
}

/** What a new process says of a text of code, with the answers that are kept in a folder. */
async function decide(folder: string, text: string, terminal: Terminal = nobody, list: readonly string[] = []): Promise<string> {
  const { store, warnings } = storeIn(folder);
  const policy = commandLineConsent({ list, warn: (warning) => warnings.push(warning), store, terminal });
  try {
    await policy(codeOf(text), { file: '/s/s.yaml', line: 3 });
    return ['yes', ...warnings].join('; ');
  } catch (error) {
    return [(error as Error).message, ...warnings].join('; ');
  }
}

describe('a person at a terminal', () => {
  it('is asked once, with path and SHA-256, and again when the code changes', async () => {
    const folder = path.join(temporaryFolder('config'), 'new');
    const first = person('y\n');
    expect(await decide(folder, 'one', first.terminal)).toBe('yes');
    expect(first.shown()).toContain(`file     /s/p.js\n  SHA-256  ${sha256('one')}\n`);
    const second = person('n\n');
    expect(await decide(folder, 'one', second.terminal)).toBe('yes');
    expect(second.asked()).toBe(0);
    expect(await decide(folder, 'two', second.terminal)).toContain("'./p.js' was not agreed to, so nothing was run");
    expect(second.shown()).toContain('HAS CHANGED since you agreed to it');
    expect(await decide(folder, 'two')).toContain(`'./p.js' has changed since it was agreed to: /s/p.js, SHA-256 ${sha256('two')}`);
    expect(statSync(path.join(folder, 'plugins.json')).mode & 0o777).toBe(0o600);
  });

  it.each(['\n', 'n\n', 'yess\n', 'no y\n', '\u0003\n'])('says yes with y or yes alone, not with %j', async (answer) => {
    expect(await decide(temporaryFolder('config'), 'one', person(answer).terminal)).toContain('was not agreed to');
  });

  it('is asked once in a process, whatever the answer', async () => {
    const { terminal, asked } = person('n\n', 'y\n');
    const { store } = storeIn(temporaryFolder('config'));
    const policy = commandLineConsent({ list: [], warn: () => {}, store, terminal });
    for (let i = 0; i < 3; i++) await expect(policy(codeOf('one'))).rejects.toThrow('was not agreed to');
    expect(asked()).toBe(1);
  });

  it('sees control characters of names written out', () => {
    const code = codeOf('one', '/s/\u001b[2Jp\n\u202E.js');
    const text = questionText({ code: { ...code, specifier: '\u0007' }, place: { file: '/s/\u009bx.yaml' }, isChanged: false });
    expect(text).toContain('/s/\\u{1b}[2Jp\\u{a}\\u{202e}.js');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('without a terminal', () => {
  it('only what was agreed to before or is listed runs', async () => {
    const folder = temporaryFolder('config');
    expect(await decide(folder, 'one')).toContain(`expected --allow-plugins ${sha256('one')}`);
    expect(await decide(folder, 'one', nobody, [sha256('one')])).toBe('yes');
    expect(await decide(folder, 'one', nobody, [sha256('two')])).toContain(`SHA-256 ${sha256('one')}, not ${sha256('two')}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['abcdef12', 'a SHA-256 has 64 hexadecimal digits, this has 8'],
    ['./none.js', 'there is no such file'],
    ['', 'there is no such file'],
  ])('a word that means nothing is an error: %j', (word, says) => {
    expect(() => commandLineConsent({ list: [word], warn: () => {}, terminal: nobody })).toThrow(`--allow-plugins: '${word}' agrees to nothing: ${says}`);
  });
});

describe('kept answers', () => {
  const file = (folder: string): string => path.join(folder, 'plugins.json');

  it.each([
    ['is damaged', '{ "tesseraConsents": 1, "plu'],
    ['has another form', '{ "tesseraConsents": 2, "plugins": [] }'],
    ['has another form', `{ "tesseraConsents": 1, "plugins": [{ "sha256": "${sha256('one')}", "at": 1 }] }`],
    ['has another form', 'null'],
  ])('do not count when the file %s: %s', async (problem, text) => {
    const folder = temporaryFolder('config');
    writeFileSync(file(folder), text, { mode: 0o600 });
    const said = await decide(folder, 'one');
    expect(said).toContain('nobody has agreed to run');
    expect(said).toContain(`${file(folder)} ${problem}: no answer in it counts`);
    expect(await decide(folder, 'one', person('y\n').terminal)).toContain('yes');
    expect(readFileSync(`${file(folder)}.damaged`, 'utf8')).toBe(text);
    expect(await decide(folder, 'one')).toBe('yes');
  });

  it('do not count when others may write them', async () => {
    const folder = temporaryFolder('config');
    await decide(folder, 'one', person('y\n').terminal);
    chmodSync(file(folder), 0o666);
    expect(await decide(folder, 'one')).toContain('can be written by other users: no answer in it counts');
  });

  it('that cannot be written hold for this run, with a warning', async () => {
    const blocked = path.join(temporaryFolder('config'), 'file');
    writeFileSync(blocked, '');
    expect(await decide(blocked, 'one', person('y\n').terminal)).toMatch(/^yes; the answer could not be kept \(\w+: .*\) and will be asked for again$/);
  });

  it('are in the folder of the configuration', () => {
    const folder = temporaryFolder('config');
    const kept = (environment: NodeJS.ProcessEnv): void => ConsentStore.ofUser(() => {}, environment)?.add(codeOf('one'));
    kept({ TESSERA_CONFIG: path.join(folder, 'own'), XDG_CONFIG_HOME: folder });
    kept({ XDG_CONFIG_HOME: path.join(folder, 'xdg'), HOME: folder });
    kept({ XDG_CONFIG_HOME: 'relative', HOME: folder });
    for (const name of ['own', 'xdg/tessera', '.config/tessera'])
      expect(existsSync(path.join(folder, name, 'plugins.json')), name).toBe(process.platform !== 'win32');
    expect(ConsentStore.ofUser(() => {}, {})).toBeUndefined();
  });
});

describe('commands', () => {
  const SCENARIO = 'tessera: 1\nkind: mine\nplugins: [./p.js]\n';

  it.each(some(['run', 'validate', 'suite']))('%s runs no plugin without consent, and ends with 2', async (name) => {
    const folder = project({ 's.yaml': SCENARIO, 'p.js': `globalThis.hasRunUnasked = true;\n${PLUGIN}` });
    const { code, stdout, stderr } = await tessera(name, path.join(folder, 's.yaml'));
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).toContain("'./p.js' is code that nobody has agreed to run");
    expect(globalThis).not.toHaveProperty('hasRunUnasked');
  });

  it('plugin test agrees to the code of its folder, and to no other', async () => {
    const folder = project({});
    mkdirSync(path.join(folder, 'own'));
    const scenario = (plugin: string): string => SCENARIO.replace('./p.js', plugin);
    const files = { 'own/index.js': PLUGIN, 'own/own.yaml': scenario('./index.js'), 'own/other.yaml': scenario('../p.js'), 'p.js': PLUGIN };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const { code, stdout } = await tessera('plugin/test', path.join(folder, 'own'), '--allow', folder);
    expect(stdout).toContain('ok      scenario own.yaml');
    expect(stdout).toContain(`FAILED  scenario other.yaml`);
    expect(stdout).toContain("'../p.js' is code that nobody has agreed to run");
    expect(code).toBe(1);
    expect((await tessera('plugin/test', path.join(folder, 'own'), '--allow', folder, '--allow-plugins', path.join(folder, 'p.js'))).code).toBe(0);
  });

  it('a program that says nothing loads no plugin', async () => {
    const folder = project({ 's.yaml': SCENARIO, 'p.js': PLUGIN });
    await expect(loadScenario(path.join(folder, 's.yaml'), new PluginRegistry())).rejects.toThrow('nobody has agreed to run');
  });
});
