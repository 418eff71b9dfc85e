#!/usr/bin/env node
// `tessera --version` is asked by scripts all the time: it needs no command framework.
const [word, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (word === '--version' || word === '-v' || word === '-V')) {
  const { readFileSync } = await import('node:fs');
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  console.log(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`);
} else {
  const { execute } = await import('@oclif/core');
  await execute({ dir: import.meta.url });
}
