import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from '@oclif/core';
import { vi } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CommandClass {
  run(argv: string[], options: { root: string }): Promise<unknown>;
}

/** Runs a command in this process, as the shell would see it. */
export async function tessera(name: string, ...args: string[]): Promise<CommandEnd> {
  const [first = '', second] = name.split('/');
  const module: unknown = second === undefined ? await import(`../../cli/commands/${first}.ts`) : await import(`../../cli/commands/plugin/${second}.ts`);
  const { default: command } = module as { default: CommandClass & typeof Command };
  const text = { stdout: '', stderr: '' };
  const catchWrites = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk: unknown) => {
      text[stream] += String(chunk);
      return true;
    });
  const log = vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void (text.stdout += `${words.join(' ')}\n`));
  const spies = [catchWrites('stdout'), catchWrites('stderr'), log];
  process.exitCode = 0;
  try {
    await command.run(args, { root: ROOT });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { code, ...text };
}

/** Runs the built `bin/tessera.js` in a process of its own: for what needs Node's own module loader. `npm run build` first. */
export async function tesseraProcess(
  args: readonly string[],
  options: { cwd?: string; node?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<CommandEnd> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...(options.node ?? []), path.join(ROOT, 'bin/tessera.js'), ...args],
      { cwd: options.cwd ?? process.cwd(), env: { ...env, ...options.env } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

/** A folder of its own with the given files; it is a project (it has a package.json). */
export function project(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder('cli');
  for (const [name, content] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** Every file of a folder with its content, to see whether something was written. */
export function snapshot(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => `${file}\n${readFileSync(file, 'latin1')}`)
    .join('\n');
}
