import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { project, tesseraProcess } from './harness.js';

const root = path.resolve(import.meta.dirname, '../..');
const SMALL = path.join(root, 'scenarios/examples/hand-written-schedule.yaml');

/** The lines of a run that say nothing about its speed. */
const facts = (text: string): string => text.replace(/^.* ms of CPU time$/m, '');

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
