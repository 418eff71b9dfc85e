import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { crosscheckDigests, scenarioDigests } from './measure.js';

const FILE = 'tests/golden/digests.json';

interface DigestFile {
  readonly note: string;
  readonly commit: string;
  /** Of `npm run soak` with its defaults, which prints it; compared by hand, for it takes minutes. */
  readonly soak: { readonly packets: number; readonly seed: number; readonly digest: string };
  readonly scenarios: Readonly<Record<string, unknown>>;
  readonly crosscheck: Readonly<Record<string, unknown>>;
}

/**
 * `npm run digests -- [--only scenarios|crosscheck] [--filter TEXT] [--write]`: runs every scenario and every reference file
 * and compares their digests with tests/golden/digests.json; exit code 1 and a list when one differs. `--write` takes them over.
 */
async function main(): Promise<void> {
  const values = readArguments();
  if (values === undefined) return;
  const onRun = (name: string): void => void process.stderr.write(`${name}\n`);
  const kept = JSON.parse(readFileSync(FILE, 'utf8')) as DigestFile;
  const scenarios = values.only === 'crosscheck' ? {} : await scenarioDigests(onRun, values.filter);
  const crosscheck = values.only === 'scenarios' ? {} : await crosscheckDigests(onRun, values.filter);
  if (Object.keys(scenarios).length + Object.keys(crosscheck).length === 0) {
    process.stderr.write(`--filter: nothing is called '${values.filter}'\n`);
    process.exitCode = 2;
    return;
  }
  const differing = [
    ...differences(kept.scenarios, scenarios),
    ...differences(kept.crosscheck, crosscheck),
    ...(values.only === 'crosscheck' ? [] : gone(kept.scenarios, scenarios, values.filter)),
    ...(values.only === 'scenarios' ? [] : gone(kept.crosscheck, crosscheck, values.filter)),
  ];
  if (values.write) {
    const file: DigestFile = { ...kept, scenarios: { ...kept.scenarios, ...scenarios }, crosscheck: { ...kept.crosscheck, ...crosscheck } };
    writeFileSync(FILE, `${JSON.stringify(file, undefined, 2)}\n`);
  } else if (differing.length > 0) process.exitCode = 1;
  const count = Object.keys(scenarios).length + Object.keys(crosscheck).length;
  process.stdout.write([...differing, `${count - differing.length} of ${count} as in ${FILE}`, ''].join('\n'));
}

interface DigestArguments {
  readonly only?: string | undefined;
  readonly filter: string;
  readonly write: boolean;
}

/** Undefined, with a word on standard error, when they are not understood. */
function readArguments(): DigestArguments | undefined {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string' }, filter: { type: 'string', default: '' }, write: { type: 'boolean', default: false } },
    });
    if (values.only === undefined || ['scenarios', 'crosscheck'].includes(values.only)) return values;
    process.stderr.write(`--only: '${values.only}' is not known; expected scenarios or crosscheck\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
  }
  process.exitCode = 2;
  return undefined;
}

/** What is kept and was not run, when all was to be run. */
function gone(kept: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>, filter: string): string[] {
  return Object.keys(kept)
    .filter((name) => name.includes(filter) && now[name] === undefined)
    .map((name) => `gone: ${name}`);
}

function differences(kept: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(now).flatMap(([name, value]) => {
    const before = kept[name];
    if (isDeepStrictEqual(before, value)) return [];
    return [before === undefined ? `new: ${name}` : `differs: ${name}: ${JSON.stringify(before)} -> ${JSON.stringify(value)}`];
  });
}

await main();
