import { afterEach, describe, expect, it } from 'vitest';
import { BAD_COMMANDS, BAD_PLUGINS, BAD_SCENARIOS, BAD_SCHEDULES, LARGE_SCENARIOS } from './bad-input-cases.js';
import { BAD_MODELS } from './bad-models.js';
import { FILES, type BadInput } from './bad-input-files.js';
import { project, snapshot, tessera, tesseraProcess, type CommandEnd } from './harness.js';
import { isLongRun, some } from '../many.js';

const home = process.cwd();
afterEach(() => process.chdir(home));

function changed(bad: BadInput): Record<string, string | Uint8Array> {
  const files: Record<string, string> = { ...FILES };
  for (const [file, old, replacement] of bad.change ?? []) {
    const text = files[file] as string;
    if (!text.includes(old)) throw new Error(`${bad.name}: '${old}' is not in ${file}`);
    files[file] = text.replace(old, replacement);
  }
  return { ...files, ...bad.files };
}

type Runner = (name: string, args: readonly string[]) => Promise<CommandEnd>;
const inThisProcess: Runner = (name, args) => tessera(name, ...args);
const inItsOwnProcess: Runner = (name, args) => tesseraProcess([name, ...args]);

async function check(bad: BadInput, run: Runner = inThisProcess): Promise<void> {
  const folder = project(changed(bad));
  process.chdir(folder);
  const before = snapshot(folder);
  const [name = '', ...args] = bad.command ?? ['run', 's.yaml', '-o', 'out', '--allow-plugins', 'all'];
  const { code, stdout, stderr } = await run(name, args);
  const told = bad.isInTable === true ? stdout : stderr;
  const line = told.split('\n').find((text) => text.includes(bad.says) && text.includes(bad.at)) ?? told;
  expect(line).toContain(bad.says);
  expect(line).toContain(bad.at);
  if (bad.path !== undefined) expect(line).toContain(`${bad.path}: `);
  if (bad.expected !== undefined) expect(line).toMatch(new RegExp(`expected .*${bad.expected.replace(/[^\w ]/g, '.')}`));
  if (bad.nearest !== undefined) expect(line).toContain(`did you mean '${bad.nearest}'?`);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(2);
  if (bad.isInTable !== true) expect(stdout).toBe('');
  expect(snapshot(folder)).toBe(before);
}

function isOfSuite({ command }: BadInput): boolean {
  return command?.[0] === 'suite';
}

describe('bad input is answered with its place, and nothing is written', () => {
  it('but the unchanged project runs', async () => {
    process.chdir(project(FILES));
    expect(await tessera('run', 's.yaml')).toMatchObject({ code: 0, stderr: '' });
  });

  describe('scenarios and machines', () => {
    it.each([...BAD_SCENARIOS, ...(isLongRun ? LARGE_SCENARIOS : [])].map((bad) => [bad.name, bad] as const))('%s', (_, bad) => check(bad));
  });
  describe('third-party plugins', () => {
    it.each(some(BAD_PLUGINS, 1).map((bad) => [bad.name, bad] as const))('%s', (_, bad) => check(bad, inItsOwnProcess));
  });
  describe('schedules', () => {
    it.each(BAD_SCHEDULES.map((bad) => [bad.name, bad] as const))('%s', (_, bad) => check(bad));
  });
  describe('workloads', () => {
    it.each(BAD_MODELS.map((bad) => [bad.name, bad] as const))('%s', (_, bad) => check(bad));
  });
  describe('other commands', () => {
    // Each starts a pool of its own.
    const [suites, others] = [BAD_COMMANDS.filter(isOfSuite), BAD_COMMANDS.filter((bad) => !isOfSuite(bad))];
    it.each([...others, ...some(suites, 2)].map((bad) => [bad.name, bad] as const))('%s', (_, bad) => check(bad));
  });
});
