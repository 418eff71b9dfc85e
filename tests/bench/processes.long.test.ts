import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { TesseraBuild } from '../../bench/measure/build.js';
import { readTimes, requireSuccess, timedProcess } from '../../bench/measure/process.js';
import { compileUnit } from '../../bench/measure/unit.js';
import { temporaryFolder } from '../temporary-folder.js';

const BUSY = 'const end = process.cpuUsage().user + 150000; while (process.cpuUsage().user < end);';
const here = import.meta.dirname;

describe('the CPU time of a process', () => {
  it('counts the process and the children that it waited for, and leaves its output alone', () => {
    const finished = timedProcess(['sh', '-c', `"$0" -e '${BUSY}'; echo out; echo err >&2; exit 3`, process.execPath], here);
    expect(finished).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(finished.cpuSeconds).toBeGreaterThan(0.15);
    expect(finished.cpuSeconds).toBeLessThan(5);
  });

  it('does not count sleep', () => {
    expect(timedProcess(['sleep', '0.3'], here).cpuSeconds).toBeLessThan(0.2);
  });

  it('is read with a decimal comma, too', () => {
    expect(readTimes('0.120 0.030')).toBeCloseTo(0.15, 9);
    expect(readTimes('1,5 0,25')).toBeCloseTo(1.75, 9);
    expect(() => readTimes('')).toThrow("said ''");
  });

  it('of a program that is not there is an error', () => {
    const command = ['./no-such-program'];
    expect(() => requireSuccess(timedProcess(command, here), command)).toThrow(/exit code 127/);
  });
});

describe('a build', () => {
  const folderWith = (files: Readonly<Record<string, string>>): string => {
    const root = temporaryFolder('build');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    }
    return root;
  };
  const manifest = JSON.stringify({ bin: { tessera: './bin/tessera.js' } });
  const document = JSON.stringify({ simulation: { cycles: 7 }, events: 3, operations: { finished: 2 }, engineCpuSeconds: 0.5 });

  it('is found by its package.json and measured through its command line', () => {
    const root = folderWith({
      'package.json': manifest,
      'bin/tessera.js': `console.log(process.argv[2] === 'run' && process.argv[4] === '--json' ? ${JSON.stringify(document)} : '')`,
    });
    const build = TesseraBuild.at(root, 'probe.yaml', here);
    expect(build.label).toBe(path.basename(root));
    const { document: printed, ...sample } = build.run('x.yaml');
    expect(sample).toMatchObject({ runLoop: 0.5, cycles: 7 });
    expect(sample.process).toBeGreaterThan(0.01);
    expect(printed.events).toBe(3);
  });

  it.each([
    [{}, 'there is no package.json'],
    [{ 'package.json': '{}' }, "names no command 'tessera'"],
    [{ 'package.json': manifest }, 'there is no ./bin/tessera.js'],
    [{ 'package.json': manifest, 'bin/tessera.js': "throw new Error('dist is missing')" }, 'dist is missing'],
    [{ 'package.json': manifest, 'bin/tessera.js': "console.log('{}')" }, 'printed no engineCpuSeconds'],
  ])('in %j is refused', (files, message) => {
    const root = folderWith(files as Record<string, string>);
    expect(() => TesseraBuild.at(root, 'probe.yaml', here)).toThrow(message);
  });
});

describe('the unit of the machine', () => {
  it('is left out without a compiler', () => {
    expect(compileUnit(temporaryFolder('unit'), 'no-such-compiler')).toBeUndefined();
  });
});
