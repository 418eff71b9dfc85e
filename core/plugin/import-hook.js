/**
 * What happens to imports of plugins. A script of its own, because Node 20 runs it in a thread beside the program; newer versions
 * call it in the program's thread. `tessera-import.ts` installs it and tells it, over a port, which files have been agreed to.
 *
 * A file that has been agreed to may load nothing but others of that kind, parts of Node and the public modules of Tessera; and what
 * is loaded of each is the very bytes whose SHA-256 was agreed to.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { receiveMessageOnPort } from 'node:worker_threads';

/** Marks of `tessera-import.ts`: of a plugin file, and of a package that is looked for from another file. */
const MODULE_MARK = '?tessera-plugin';
const PACKAGE_SCHEME = 'tessera-package:';

/** @type {Readonly<Record<string, string>>} URLs of the public modules by specifier. */
let publicUrls = {};
/** @type {Set<string>} */
let publicTargets = new Set();
/** @type {import('node:worker_threads').MessagePort | undefined} */
let port;
/** @type {Map<string, Set<string>>} SHA-256 that were agreed to, by the file's URL. */
const agreed = new Map();

/** @type {Set<string>} URLs of agreed files that are CommonJS. */
const commonModules = new Set();
/** What a CommonJS module gets for a module that it may not have: Node 20 ends the process when `require` fails in `resolve`. */
const REFUSED_SCHEME = 'tessera-refused:';

export function initialize(data) {
  ({ publicUrls, port } = data);
  publicTargets = new Set(Object.values(publicUrls));
}

export function resolve(specifier, context, nextResolve) {
  learn();
  if (Object.hasOwn(publicUrls, specifier)) return { url: publicUrls[specifier], shortCircuit: true };
  if (specifier.endsWith(MODULE_MARK)) return { url: specifier.slice(0, -MODULE_MARK.length), format: 'module', shortCircuit: true };
  if (specifier.startsWith(PACKAGE_SCHEME)) {
    const [name, from, isGuarded] = specifier.slice(PACKAGE_SCHEME.length).split('&').map(decodeURIComponent);
    return then(nextResolve(name, { ...context, parentURL: from }), (found) => (isGuarded === 'true' ? checked(found) : found));
  }
  const parent = fileUrl(context.parentURL);
  return agreed.has(parent) ? then(nextResolve(specifier, context), (found) => checked(found, parent)) : nextResolve(specifier, context);
}

export function load(url, context, nextLoad) {
  if (url.startsWith(REFUSED_SCHEME)) {
    const message = decodeURIComponent(url.slice(REFUSED_SCHEME.length));
    return { format: 'commonjs', source: `throw new Error(${JSON.stringify(message)});`, shortCircuit: true };
  }
  learn();
  const file = fileUrl(url);
  const hashes = agreed.get(file);
  if (hashes === undefined) return nextLoad(url, context);
  return then(nextLoad(url, context), (loaded) => {
    // Of a CommonJS module Node gives no source; with one, what it requires comes this way too.
    const source = loaded.source ?? readFileSync(fileURLToPath(file));
    if (loaded.format === 'commonjs') commonModules.add(file);
    if (hashes.has(createHash('sha256').update(source).digest('hex'))) return { ...loaded, source };
    throw new Error(`${fileURLToPath(file)} has changed since its code was agreed to`);
  });
}

function checked(found, parent) {
  const url = fileUrl(found.url);
  if (url.startsWith('node:') || agreed.has(url) || publicTargets.has(found.url)) return found;
  const importer = parent === undefined ? 'the package' : fileURLToPath(parent);
  const target = url.startsWith('file:') ? fileURLToPath(url) : url.slice(0, 200);
  const message = `${importer} imports ${target}, which is not among the code that was agreed to: a plugin names its modules by literal relative paths`;
  if (commonModules.has(parent)) return { url: REFUSED_SCHEME + encodeURIComponent(message), format: 'commonjs', shortCircuit: true };
  throw new Error(message);
}

/** What was sent before an import is here by now. */
function learn() {
  for (let told = receive(); told !== undefined; told = receive()) {
    for (const [url, hash] of told.message) agreed.set(url, (agreed.get(url) ?? new Set()).add(hash));
  }
}

function receive() {
  return port === undefined ? undefined : receiveMessageOnPort(port);
}

function fileUrl(url = '') {
  return url.startsWith('file:') ? url.replace(/[?#].*$/, '') : url;
}

/** In the program's own thread results are values, in the thread of Node 20 promises. */
function then(value, next) {
  return value instanceof Promise ? value.then(next) : next(value);
}
