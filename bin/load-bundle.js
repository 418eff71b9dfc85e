'use strict';
// Loads the scripts of dist/bundle/ with V8's code cache: what a former run has compiled need not be parsed again. A cache
// is good for one build of the bundle and one version of Node. `npm run build` makes one for the Node that builds; for any
// other, the first run writes one into the user's cache folder. Without a cache, or with a bad one, V8 compiles as ever.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

/** Caches of other builds that nobody has written again for so long are removed. */
const OLD_MS = 30 * 24 * 3600 * 1000;

const DIGEST_BYTES = 32;

class Bundle {
  /**
   * @param {string} root folder of the installation.
   * @param {{ readonly useCaches?: boolean }} [options]
   */
  constructor(root, { useCaches = true } = {}) {
    this.root = root;
    this.folder = path.join(root, 'dist', 'bundle');
    this.useCaches = useCaches;
    /** Scripts that run, with the names of their caches. */
    this.loaded = [];
    /** True when a script had no cache that V8 took. */
    this.wantsCaches = false;
  }

  /** The exports of the main script. */
  main() {
    let seldom;
    return this.load('tessera', (name) => (seldom ??= this.load('seldom'))[name]());
  }

  /** Runs a script of the bundle; `seldom` fetches modules of the second one. */
  load(name, seldom) {
    const filename = path.join(this.folder, `${name}.cjs`);
    const source = fs.readFileSync(filename, 'latin1');
    // The build puts a digest of the script into a comment at its beginning.
    const cacheName = `${name}-${source.slice(2, 18)}-${process.version}-${process.arch}.cache`;
    const script = this.compile(source, filename, cacheName);
    this.loaded.push({ script, cacheName });
    const module = { exports: {} };
    script.runInThisContext()(module.exports, require, module, { root: this.root, seldom, importModule: (url) => import(url) });
    return module.exports;
  }

  compile(source, filename, cacheName) {
    for (const cachedData of this.useCaches ? this.caches(cacheName) : []) {
      const script = new vm.Script(source, { filename, cachedData });
      if (!script.cachedDataRejected) return script;
    }
    this.wantsCaches = true;
    return new vm.Script(source, { filename });
  }

  *caches(cacheName) {
    yield* readIfThere(path.join(this.folder, cacheName));
    const folder = userFolder();
    if (folder !== undefined && isOurs(folder)) yield* readIfThere(path.join(folder, cacheName));
  }

  /** Writes what V8 has compiled so far. Returns the files. */
  writeCaches(folder) {
    return this.loaded.map(({ script, cacheName }) => {
      const file = path.join(folder, cacheName);
      const unfinished = `${file}.${process.pid}`;
      const data = script.createCachedData();
      fs.writeFileSync(unfinished, Buffer.concat([data, digestOf(data)]));
      fs.renameSync(unfinished, file);
      return file;
    });
  }

  /** For the next run with this Node. A cache is a convenience: where none can be written, nothing is said. */
  writeUserCaches() {
    const folder = userFolder();
    if (folder === undefined) return;
    try {
      // Not `recursive`: Node's own way never ends below /proc, and a home without a cache folder wants none from us.
      for (const part of [path.dirname(folder), folder]) if (!fs.existsSync(part)) fs.mkdirSync(part, { mode: 0o700 });
      if (!isOurs(folder)) return;
      this.writeCaches(folder);
      removeOld(folder);
    } catch {
      // A full disk, or a home that cannot be written to.
    }
  }
}

function* readIfThere(file) {
  let data;
  try {
    data = fs.readFileSync(file);
  } catch {
    return;
  }
  // V8 takes a cache on trust and crashes on a damaged one: a digest at the end shows that it is whole.
  const end = data.length - DIGEST_BYTES;
  if (end > 0 && digestOf(data.subarray(0, end)).equals(data.subarray(end))) yield data.subarray(0, end);
}

function digestOf(data) {
  return createHash('sha256').update(data).digest();
}

/** Undefined where the user has no home. */
function userFolder() {
  const base =
    process.env.XDG_CACHE_HOME || (process.platform === 'win32' ? process.env.LOCALAPPDATA : process.env.HOME && path.join(process.env.HOME, '.cache'));
  return base && path.isAbsolute(base) ? path.join(base, 'tessera') : undefined;
}

/** Code is taken from a folder only if nobody but the user can write to it. */
function isOurs(folder) {
  try {
    const { uid, mode } = fs.statSync(folder);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

function removeOld(folder) {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    if (/\.cache(\.\d+)?$/.test(name) && Date.now() - fs.statSync(file).mtimeMs > OLD_MS) fs.rmSync(file, { force: true });
  }
}

module.exports = { Bundle };
