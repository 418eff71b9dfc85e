'use strict';
// Loaded before the command line (`node --require`): the process kills itself, as `kill -9` would, at the N-th call that changes
// a file below a folder; a write is cut in half first.
const fs = require('node:fs');
const path = require('node:path');

const folder = fs.realpathSync(process.env.DIE_BELOW);
const last = Number(process.env.DIE_AT);
const open = new Map();
let calls = 0;

const isOurs = (file) => (typeof file === 'number' ? open.has(file) : path.resolve(String(file)).startsWith(folder));

for (const name of ['openSync', 'writeSync', 'writeFileSync', 'fsyncSync', 'chmodSync', 'renameSync', 'mkdirSync', 'rmSync']) {
  const real = fs[name];
  fs[name] = (target, ...rest) => {
    if (!isOurs(target) || (name === 'openSync' && rest[0] === 'r')) return real(target, ...rest);
    if (++calls === last) {
      if (name === 'writeFileSync') real(target, rest[0].slice(0, rest[0].length / 2));
      process.kill(process.pid, 'SIGKILL');
    }
    const result = real(target, ...rest);
    if (name === 'openSync') open.set(result, target);
    return result;
  };
}
if (process.env.DIE_COUNT !== undefined) process.on('exit', () => process.stderr.write(`calls ${calls}\n`));
