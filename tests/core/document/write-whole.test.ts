import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkOutputFile, checkOutputFolder } from '../../../core/document/check-output.js';
import { unfinishedName } from '../../../core/document/unfinished-files.js';
import { writeWhole } from '../../../core/document/write-whole.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = (): string => temporaryFolder('write');
const posix = process.platform === 'win32' ? it.skip : it;
const linux = process.platform === 'linux' ? it : it.skip;

describe('a file that is written whole', () => {
  it('replaces what is there, makes its folders, leaves nothing beside it', () => {
    const file = path.join(folder(), 'a', 'b', 'x.txt');
    writeWhole(file, 'one');
    writeWhole(file, new TextEncoder().encode('two'));
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readdirSync(path.dirname(file))).toEqual(['x.txt']);
  });

  posix('keeps the rights of what it replaces, and follows a link, also one to nothing yet', () => {
    const place = folder();
    const [real, link, early] = ['real', 'link', 'early'].map((name) => path.join(place, name)) as [string, string, string];
    writeFileSync(real, 'old');
    chmodSync(real, 0o640);
    symlinkSync('real', link);
    symlinkSync('later', early);
    writeWhole(link, 'new');
    writeWhole(early, 'first');
    expect(readFileSync(real, 'utf8')).toBe('new');
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readFileSync(path.join(place, 'later'), 'utf8')).toBe('first');
    expect(readdirSync(place).sort()).toEqual(['early', 'later', 'link', 'real']);
  });

  it('is an input error when it cannot be, and nothing is left behind', () => {
    const place = folder();
    mkdirSync(path.join(place, 'taken', 'full'), { recursive: true });
    writeFileSync(path.join(place, 'file'), '');
    for (const name of ['taken', 'file/x', 'n'.repeat(300)]) {
      expect(() => writeWhole(path.join(place, name), 'text')).toThrow(expect.objectContaining({ name: 'InputError' }) as Error);
    }
    expect(readdirSync(place).sort()).toEqual(['file', 'taken']);
  });

  linux('goes straight to what is no file', () => {
    writeWhole('/dev/null', 'text');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(() => writeWhole('/dev/full', 'text')).toThrow('/dev/full: cannot be written (ENOSPC); expected a disk with room left');
  });

  it('takes away what a killed process has left, and nothing that a living one writes', () => {
    const place = folder();
    const mine = unfinishedName('x.txt');
    // No process has this number: it is above what systems give.
    const dead = mine.replace(`-${process.pid}-`, '-4194305-');
    const elsewhere = mine.replace(/\.[0-9a-f]{8}-/, '.00000000-');
    const old = elsewhere.replace('x.txt', 'old.txt');
    for (const name of [mine, dead, elsewhere, old, '.x.txt.123.tmp']) writeFileSync(path.join(place, name), 'half');
    const yesterday = Date.now() / 1000 - 2 * 24 * 3600;
    utimesSync(path.join(place, old), yesterday, yesterday);
    writeWhole(path.join(place, 'y.txt'), 'text');
    expect(readdirSync(place).sort()).toEqual(['.x.txt.123.tmp', mine, elsewhere, 'y.txt'].sort());
  });

  it('has a name that a file system takes, however long that of the file is', () => {
    expect(Buffer.byteLength(unfinishedName('ä'.repeat(127)))).toBeLessThan(255);
    expect(unfinishedName('x')).not.toBe(unfinishedName('x'));
  });
});

describe('an output that is looked at beforehand', () => {
  it('is fine where it can be written, and nothing has been made', () => {
    const place = folder();
    checkOutputFile(path.join(place, 'a', 'x.txt'));
    checkOutputFolder(path.join(place, 'b', 'c'), ['x.txt']);
    expect(readdirSync(place)).toEqual([]);
  });

  it('is refused when it is a folder, or below a file', () => {
    const place = folder();
    mkdirSync(path.join(place, 'out', 'report.html'), { recursive: true });
    writeFileSync(path.join(place, 'file'), '');
    expect(() => checkOutputFile(path.join(place, 'out'))).toThrow('is a folder; expected the name of a file');
    expect(() => checkOutputFolder(path.join(place, 'out'), ['report.html'])).toThrow(/report\.html: is a folder/);
    expect(() => checkOutputFolder(path.join(place, 'file', 'x'))).toThrow('is a file; expected a folder');
    expect(() => checkOutputFile(path.join(place, 'file', 'x.txt'))).toThrow('(ENOTDIR); expected a path whose folders are no files');
  });

  linux('is refused where nobody can write', () => {
    expect(() => checkOutputFolder('/proc/tessera')).toThrow('/proc/tessera: cannot be written (ENOENT)');
    expect(() => checkOutputFile('/proc/version')).toThrow('/proc/version: cannot be written');
    checkOutputFile('/dev/null');
  });
});
