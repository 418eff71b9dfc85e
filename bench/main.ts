import { readdirSync } from 'node:fs';
import { formatReport, type Bench } from './measure.js';

/** `npm run bench -- NAME [--json]`: runs one benchmark of this folder, or all. A file `x.ts` exports `xBench`. */
async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const known = readdirSync(new URL('.', import.meta.url))
    .filter((file) => file.endsWith('.js') && file !== 'main.js' && file !== 'measure.js')
    .map((file) => file.slice(0, -'.js'.length));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`no benchmark '${unknown}'; there are ${known.join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  for (const name of names.length > 0 ? names : known) {
    const bench = await load(name);
    if (bench === undefined) continue;
    const report = await bench.run(args.filter((arg) => arg !== name && arg !== '--json'));
    process.stdout.write(args.includes('--json') ? `${JSON.stringify(report)}\n` : `${formatReport(report)}\n`);
  }
}

async function load(name: string): Promise<Bench | undefined> {
  const module = (await import(new URL(`${name}.js`, import.meta.url).href)) as Record<string, unknown>;
  const found = Object.entries(module).find(([key]) => key.endsWith('Bench'));
  return found?.[1] as Bench | undefined;
}

await main(process.argv.slice(2));
