import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const BIN = path.join(ROOT, 'bin/tessera.js');
const DIE = path.join(import.meta.dirname, 'die-at-write.cjs');
const SCENARIO = path.join(ROOT, 'scenarios/examples/hand-written-schedule.yaml');

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

interface Ending {
  readonly cwd: string;
  /** Dies at this call that changes a file of `cwd`. */
  readonly atCall?: number;
  readonly afterSeconds?: number;
  readonly counts?: boolean;
}

/** Runs the built command in a process of its own, until it ends or is killed. */
async function run(words: readonly string[], { cwd, atCall, afterSeconds, counts }: Ending): Promise<Ended> {
  const isHooked = atCall !== undefined || counts === true;
  const { NODE_OPTIONS: _, ...clean } = process.env;
  const env = { ...clean, DIE_BELOW: cwd, DIE_AT: String(atCall ?? -1), TESSERA_PLAN_CACHE: path.join(cwd, 'plans'), ...(counts ? { DIE_COUNT: '1' } : {}) };
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...(isHooked ? ['--require', DIE] : []), BIN, ...words], { cwd, env });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  if (afterSeconds !== undefined) setTimeout(() => child.kill('SIGKILL'), afterSeconds * 1000);
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...text, seconds: (performance.now() - startedAt) / 1000 })));
}

function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
}

const isUnfinished = (file: string): boolean => file.endsWith('.tessera-unfinished');

/** Throws when a file is not whole, by what its kind begins and ends with. */
function requireWhole(file: string): void {
  const text = file.endsWith('checkpoint') ? gunzipSync(readFileSync(file)).toString() : readFileSync(file, 'utf8');
  if (file.endsWith('.json') || file.endsWith('checkpoint')) JSON.parse(text);
  else if (file.endsWith('.html')) expect(text).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
  else if (file.endsWith('.xml')) expect(text).toMatch(/^<\?xml[\s\S]*<\/testsuites>\n$/);
  else expect(text, file).toMatch(/\n$/);
}

/** Every file is absent, as it was, or whole; returns how many there are. */
function requireSound(folder: string, before: ReadonlyMap<string, string>): void {
  const files = filesOf(folder).filter((file) => !isUnfinished(file));
  for (const file of before.keys()) expect(files).toContain(file);
  for (const file of files) if (before.get(file) !== readFileSync(path.join(folder, file), 'latin1')) requireWhole(path.join(folder, file));
}

function contents(folder: string): Map<string, string> {
  return new Map(filesOf(folder).map((file) => [file, readFileSync(path.join(folder, file), 'latin1')]));
}

const COMMANDS = {
  run: ['run', SCENARIO, '-o', 'out', '--checkpoint', 'x.checkpoint', '--set', 'limits.maxCycles=200'],
  suite: ['suite', SCENARIO, '--store', 'store', '--junit', 'junit.xml'],
} as const;

describe('a run that is killed', () => {
  it.each([
    ['run', 30],
    ['suite', 10],
  ] as const)(
    '%s: at %i moments of writing leaves each file absent, old or whole, and the next one tidies up',
    async (command, moments) => {
      const folder = temporaryFolder('killed');
      const words = COMMANDS[command];
      const counted = await run(words, { cwd: folder, counts: true });
      const calls = Number(/calls (\d+)/.exec(counted.stderr)?.[1]);
      expect(calls).toBeGreaterThan(moments / 2);
      // Half of them where nothing was before, half where old files are.
      for (let moment = 0; moment < moments; moment++) {
        const isFresh = moment % 2 === 0;
        const cwd = isFresh ? temporaryFolder('killed') : folder;
        if (!isFresh && command === 'suite') writeFileSync(path.join(folder, 'junit.xml'), 'old');
        const before = contents(cwd);
        // A store that has the result writes less.
        const limit = isFresh || command === 'run' ? calls : Math.min(calls, 12);
        const { signal } = await run(words, { cwd, atCall: 1 + Math.floor((moment * limit) / moments) });
        expect(signal).toBe('SIGKILL');
        requireSound(cwd, new Map([...before].filter(([file]) => !isUnfinished(file))));
      }
      await run(words, { cwd: folder });
      expect(filesOf(folder).filter(isUnfinished)).toEqual([]);
    },
    280_000,
  );

  it('at 10 moments spread over it', { timeout: 120_000 }, async () => {
    const cwd = temporaryFolder('killed');
    const { seconds } = await run(COMMANDS.run, { cwd });
    const before = contents(cwd);
    for (let moment = 1; moment <= 10; moment++) {
      await run(COMMANDS.run, { cwd, afterSeconds: (seconds * moment) / 10 });
      requireSound(cwd, before);
    }
  });
});

describe('two runs at once into one folder', () => {
  it('leave whole files of one of them', { timeout: 60_000 }, async () => {
    const cwd = temporaryFolder('two');
    const ends = await Promise.all([1, 2, 3].map(() => run(['run', SCENARIO, '-o', 'out'], { cwd })));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    requireSound(cwd, new Map());
    expect(filesOf(cwd).filter(isUnfinished)).toEqual([]);
  });
});

const mounted: string[] = [];
afterAll(() => {
  for (const place of mounted) execFileSync('umount', [place]);
});

/** A small file system of its own, where root may make one. */
function smallDisk(kibibytes: number): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const place = path.join(temporaryFolder('disk'), 'disk');
  mkdirSync(place);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', place], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  mounted.push(place);
  return place;
}

describe('a disk that is full', () => {
  const disk = smallDisk(256);
  const onDisk = disk === undefined ? it.skip : it;

  onDisk('loses no table: the small files are there, the others are told, exit code 2', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run(['run', SCENARIO, '-o', path.join(disk!, 'out')], { cwd: temporaryFolder('full') });
    expect(code).toBe(2);
    expect(stdout).toContain('cycles');
    expect(stderr).toContain('report.html: cannot be written (ENOSPC); expected a disk with room left');
    expect(stderr).not.toContain('internal error');
    expect(existsSync(path.join(disk!, 'out/layers.csv'))).toBe(true);
    requireSound(disk!, new Map());
    expect(filesOf(disk!).filter(isUnfinished)).toEqual([]);
  });

  onDisk('is told before anything is simulated when it is full already, or read-only', { timeout: 60_000 }, async () => {
    const cwd = temporaryFolder('full');
    expect(() => writeFileSync(path.join(disk!, 'fill'), new Uint8Array(2 ** 20))).toThrow('ENOSPC');
    const commands = [
      ['run', SCENARIO, '-o', path.join(disk!, 'new')],
      ['run', SCENARIO, '--checkpoint', path.join(disk!, 'x')],
      ['suite', SCENARIO, '--junit', path.join(disk!, 'x.xml')],
      ['suite', SCENARIO, '--store', path.join(disk!, 'store')],
      ['plugin', 'new', 'core', 'mine', '--dir', path.join(disk!, 'mine')],
      ['quickstart', '-o', path.join(disk!, 'quick')],
    ];
    for (const reason of ['ENOSPC', 'EROFS']) {
      if (reason === 'EROFS') execFileSync('mount', ['-o', 'remount,ro', disk!]);
      for (const words of commands) {
        const { code, stdout, stderr } = await run(words, { cwd });
        expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: '' });
        expect(stderr).toContain(`cannot be written (${reason})`);
      }
    }
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('behind standard output is told, and files are written all the same', { timeout: 60_000 }, () => {
    const cwd = temporaryFolder('full');
    const script = `"${process.execPath}" "${BIN}" run "${SCENARIO}" -o out > /dev/full; echo "code $?"`;
    const said = execFileSync('bash', ['-c', `${script} 2>&1`], { cwd }).toString();
    expect(said).toContain('code 2');
    expect(existsSync(path.join(cwd, 'out/result.json'))).toBe(true);
    const json = execFileSync('bash', ['-c', `("${process.execPath}" "${BIN}" suite "${SCENARIO}" --json > /dev/full) 2>&1; echo "code $?"`], {
      cwd,
    }).toString();
    expect(json).toBe('standard output: cannot be written (ENOSPC)\ncode 2\n');
  });
});

describe('standard output on a full disk', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;
  const sample = SCENARIO;
  onLinux('is told once, with exit code 2, by every command', { timeout: 120_000 }, () => {
    const cwd = temporaryFolder('full-all');
    execFileSync('bash', ['-c', `"${process.execPath}" "${BIN}" run "${sample}" --json > r.json`], { cwd });
    const commands = [
      `run ${sample}`,
      `run ${sample} --json`,
      `run ${sample} --print-config`,
      `check ${sample}`,
      `suite ${sample}`,
      'plugin list',
      'plugin show sram',
      `workload ${path.join(ROOT, 'scenarios/models/two-layers.yaml')}`,
      'schema scenario',
      'report r.json',
      'compare r.json r.json',
      '--help',
      '--version',
    ];
    for (const words of commands) {
      const said = execFileSync('bash', ['-c', `("${process.execPath}" "${BIN}" ${words} > /dev/full) 2>&1; echo "code $?"`], { cwd }).toString();
      expect([words, said]).toEqual([words, 'standard output: cannot be written (ENOSPC)\ncode 2\n']);
    }
  });
});

describe('a reader that leaves early', () => {
  it.each([[['run', SCENARIO, '-o', 'out']], [['run', SCENARIO, '--json']], [['suite', SCENARIO, '--json', '--junit', 'j.xml']]])(
    '%j ends in silence with the code of the run, its files written',
    { timeout: 60_000 },
    (words) => {
      const cwd = temporaryFolder('pipe');
      const command = [process.execPath, BIN, ...words].map((word) => `"${word}"`).join(' ');
      const said = execFileSync('bash', ['-c', `(${command} | head -n 1 > /dev/null; echo "code \${PIPESTATUS[0]}") 2>&1`], { cwd }).toString();
      expect(said).toBe('code 0\n');
      if (words.includes('-o')) expect(statSync(path.join(cwd, 'out/report.html')).size).toBeGreaterThan(1000);
      if (words.includes('--junit')) requireWhole(path.join(cwd, 'j.xml'));
    },
  );
});
