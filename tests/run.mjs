// `npm test`: build where the sources are newer, types, lint, formatter, fast tests, and the CPU seconds of each.
// `npm run test:long`: the same build, then every test with all its cases.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const BUDGET_CPU_SECONDS = 90;
const FAST = [
  ['typecheck', ['npm', 'run', '-s', 'typecheck']],
  ['lint', ['npm', 'run', '-s', 'lint']],
  ['format:check', ['npm', 'run', '-s', 'format:check']],
  ['fast tests', ['npx', '--no-install', 'vitest', 'run']],
];
const LONG = [['all tests', ['npx', '--no-install', 'vitest', 'run', '--mode', 'long']]];
const FOLDERS = ['core', 'plugins', 'cli', 'tools', 'bench'];

/**
 * Runs a command; resolves to its exit code and CPU seconds, user and system, of all processes that it waited for.
 * Node tells only its own, so a shell runs the command and writes its `times` to descriptor 3; the second line is its children's.
 */
function run(command) {
  const shell = spawn('sh', ['-c', '"$@"; code=$?; times >&3; exit $code', 'sh', ...command], { stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
  let times = '';
  shell.stdio[3].on('data', (chunk) => (times += chunk));
  return new Promise((resolve) => {
    shell.on('close', (code) => {
      const ofChildren = times.split('\n')[1] ?? '';
      const cpuSeconds = [...ofChildren.matchAll(/(\d+)m([\d.,]+)s/g)].reduce(
        (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds.replace(',', '.')),
        0,
      );
      resolve({ code: code ?? 1, cpuSeconds });
    });
  });
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** A source is newer than the start of the last build that went well, or one is gone. The build makes the .wasm and the report's script itself. */
function isBuildStale() {
  const stamp = 'dist/.built';
  if (!existsSync(stamp)) return true;
  const builtMs = statSync(stamp).mtimeMs;
  const sources = [...FOLDERS, 'schemas'].flatMap(filesBelow).filter((file) => !file.endsWith('.wasm') && !file.includes('.min.js'));
  const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'tsconfig.client.json'];
  if ([...sources, ...settings].some((file) => statSync(file).mtimeMs > builtMs)) return true;
  const known = new Set(sources);
  const compiled = FOLDERS.flatMap((folder) => filesBelow(path.join('dist', folder))).filter((file) => file.endsWith('.d.ts'));
  return compiled.some((file) => !known.has(path.relative('dist', file).replace(/\.d\.ts$/, '.ts')));
}

async function main() {
  const isLong = process.argv[2] === 'long';
  const build = isBuildStale() ? [['build', ['npm', 'run', '-s', 'build']]] : [];
  const ends = [];
  for (const [name, command] of [...build, ...(isLong ? LONG : FAST)]) {
    console.log(`== ${name}`);
    const end = { name, ...(await run(command)) };
    ends.push(end);
    if (name === 'build' && end.code !== 0) break;
  }
  const sum = ends.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
  const list = ends.map(({ name, code, cpuSeconds }) => `${name} ${cpuSeconds.toFixed(1)}${code === 0 ? '' : ' FAILED'}`).join(', ');
  console.log(`CPU seconds: ${list}; in all ${sum.toFixed(1)}${isLong ? '' : ` of ${BUDGET_CPU_SECONDS}`}`);
  if (!isLong && sum > BUDGET_CPU_SECONDS)
    console.log(`warning: above the budget of ${BUDGET_CPU_SECONDS} CPU seconds: move what takes long to *.long.test.ts`);
  process.exitCode = ends.some(({ code }) => code !== 0) ? 1 : 0;
}

await main();
