#!/usr/bin/env node
'use strict';
const path = require('node:path');

const root = path.dirname(__dirname);
const words = process.argv.slice(2);

// `tessera --version` is asked by scripts all the time: it needs no command framework.
if (words.length === 1 && ['--version', '-v', '-V'].includes(words[0])) {
  const { name, version } = require('../package.json');
  process.stdout.on('error', ({ code }) => {
    if (code === 'EPIPE') return;
    console.error(`standard output: cannot be written (${code})`);
    process.exitCode = 2;
  });
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  const { existsSync } = require('node:fs');
  if (!existsSync(path.join(root, 'dist', 'bundle', 'tessera.cjs'))) {
    console.error(`${root} has no build of Tessera (dist/bundle is missing); in a clone, run \`npm ci\` or \`npm run build\``);
    process.exit(2);
  }
  const { Bundle } = require('./load-bundle.js');
  const bundle = new Bundle(root);
  const { run } = bundle.main();
  // A simulation evaluates what most runs need; a cache made after `--help` would not be worth keeping.
  if (bundle.wantsCaches && words[0] === 'run') process.once('exit', () => bundle.writeUserCaches());
  // A timer that a plugin has left behind keeps nobody waiting.
  run(root, words).then(() => process.exit());
}
