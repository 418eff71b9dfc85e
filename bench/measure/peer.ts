import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../usage-error.js';
import type { Sample } from './interleave.js';
import { requireSuccess, timedProcess } from './process.js';

/** Arguments that each known peer takes where the user's command names no placeholder of its own. */
const USUAL_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  booksim2: ['{config}'],
  ramulator2: ['-p', 'Frontend.path={trace}'],
  dramsim3: ['-c', '{cycles}', '-t', '{trace}', '-o', '{out}'],
};

export const PEER_NAMES: readonly string[] = Object.keys(USUAL_ARGUMENTS);

/** Another simulator's program, as the user gave it. */
export interface Peer {
  readonly name: string;
  /** Program and arguments; `{trace}` and the like are filled in for each run. */
  readonly words: readonly string[];
}

/** The same work for a peer as for us. */
export interface PeerJob {
  /** Values of the placeholders; asked right before each run. */
  placeholders(): Readonly<Record<string, string>>;
  /** Cycles that the peer says it simulated; undefined when it does not say. */
  cyclesIn?(output: string): number | undefined;
  /** How many times more CPU time the peer is expected to take at least. */
  readonly bar: number;
}

/** Reads `NAME=BINARY [ARGUMENTS]`; quotes keep blanks together. UsageError for an unknown name or a binary that is not there. */
export function parsePeer(text: string): Peer {
  const [, name, command] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || command === undefined) throw new UsageError(`--peer '${text}' is not NAME=BINARY; names: ${PEER_NAMES.join(', ')}`);
  const usual = USUAL_ARGUMENTS[name];
  if (usual === undefined) throw new UsageError(`no peer '${name}'; there are ${PEER_NAMES.join(', ')}`);
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
  const binary = findBinary(words[0] ?? '', name);
  const given = words.slice(1);
  return { name, words: [binary, ...given, ...(given.some((word) => /\{\w+\}/.test(word)) ? [] : usual)] };
}

/** The absolute path of a program, searched in PATH when it is named without a folder. */
function findBinary(word: string, peer: string): string {
  const folders = word.includes('/') ? ['.'] : (process.env['PATH'] ?? '').split(path.delimiter);
  const found = folders.map((folder) => path.resolve(folder, word)).find(isProgram);
  if (word === '' || found === undefined) throw new UsageError(`peer ${peer}: there is no program '${word}' that can be run`);
  return found;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The command of one run. UsageError for a placeholder that this work has no value for. */
export function fillIn(words: readonly string[], placeholders: Readonly<Record<string, string>>): string[] {
  return words.map((word) =>
    word.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = placeholders[name];
      if (value === undefined)
        throw new UsageError(
          `no placeholder {${name}}; there are ${Object.keys(placeholders)
            .map((one) => `{${one}}`)
            .join(', ')}`,
        );
      return value;
    }),
  );
}

/** Runs a peer once. What a simulator does outside of its loop is not known, so only its whole process is measured. */
export function runPeer(peer: Peer, job: PeerJob, folder: string): Sample {
  const command = fillIn(peer.words, job.placeholders());
  const { cpuSeconds, stdout, stderr } = requireSuccess(timedProcess(command, folder), command);
  const cycles = job.cyclesIn?.(`${stdout}\n${stderr}`);
  return { process: cpuSeconds, ...(cycles === undefined ? {} : { cycles }) };
}
