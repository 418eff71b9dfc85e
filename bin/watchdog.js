'use strict';
// A thread beside a long run (cli/watchdog.ts starts it). It hears signals while the run's own thread is busy, knows the run's limit of wall
// time, and ends what does not end when asked: first softly, then by taking the running JavaScript away, in the end with the process.
const { parentPort, workerData } = require('node:worker_threads');

/** What both threads see; the names are those of cli/watchdog.ts. */
const cells = new Int32Array(workerData.cells);
const SIGNAL = 0;
const HEARD = 1;
const KEEPING = 2;
const BREAKING = 3;

/** From the wish to end until what has not ended is broken off. */
const GRACE_MS = 600;
/** For writing down what is finished, from the wish on. */
const KEEP_MS = 5000;
/** For the run's own thread to hear of a demand before its JavaScript is taken away. */
const HEAR_MS = 100;
/** For it to hear of the demand afterwards. Not too short: what is taken away next may be what would have heard it. */
const HEAR_AGAIN_MS = 400;
/** Then the process is ended: it is in code that nobody can break off. */
const MOST_TRIES = 6;

const SIGNALS = [2, 15];
const listening = listenToSignals();
let stopping = false;

let limit;
parentPort.on('message', ({ limitMs }) => {
  clearTimeout(limit);
  limit = setTimeout(() => stop('maxWallSeconds'), limitMs);
});
parentPort.postMessage({ ready: true, hearsSignals: listening.length > 0 });

/** Node has signals for its main thread only; the binding below it has them for every thread. Where that is gone, the main thread listens. */
function listenToSignals() {
  try {
    process.noDeprecation = true;
    const { Signal } = process.binding('signal_wrap');
    return SIGNALS.map((number) => {
      const signal = new Signal();
      signal.onsignal = hear;
      signal.start(number);
      return signal;
    });
  } catch {
    return [];
  }
}

function hear(number) {
  if (Atomics.load(cells, SIGNAL) !== 0) return endAtOnce(number);
  Atomics.store(cells, SIGNAL, number);
  stop('interrupted');
}

function stop(cause) {
  if (stopping) return;
  stopping = true;
  setTimeout(() => {
    if (Atomics.load(cells, KEEPING) === 1) setTimeout(() => demand('leave', cause), KEEP_MS - GRACE_MS);
    else demand('break-off', cause);
  }, GRACE_MS);
}

/** Demands are numbered, so that the other thread can say which one it has heard. */
const DEMANDS = ['', 'break-off', 'leave'];

function demand(what, cause, tries = 0) {
  if (Atomics.load(cells, HEARD) >= DEMANDS.indexOf(what)) {
    if (what === 'break-off') setTimeout(() => demand('leave', cause), KEEP_MS);
    return;
  }
  if (tries === MOST_TRIES) return kill();
  if (tries === 0) parentPort.postMessage({ demand: what, cause });
  else breakOff(() => parentPort.postMessage({ demand: what, cause }));
  setTimeout(() => demand(what, cause, tries + 1), tries === 0 ? HEAR_MS : HEAR_AGAIN_MS);
}

/** Takes away whatever JavaScript the main thread is in, endless loops too; its event loop then goes on. */
function breakOff(done) {
  Atomics.store(cells, BREAKING, 1);
  const { Session } = require('node:inspector');
  const session = new Session();
  try {
    session.connectToMainThread();
    session.post('Runtime.terminateExecution', () => {
      session.disconnect();
      done();
    });
  } catch {
    // A Node without an inspector: in the end the process is killed.
  }
}

function endAtOnce(number) {
  parentPort.postMessage({ demand: 'leave', cause: 'interrupted' });
  setTimeout(() => kill(number), HEAR_MS);
}

/** By the signal that was sent, so that the shell sees what it expects. */
function kill(number = Atomics.load(cells, SIGNAL)) {
  for (const signal of listening) signal.close();
  process.kill(process.pid, listening.length > 0 && number !== 0 ? number : 'SIGKILL');
}
