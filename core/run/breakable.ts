import { RunStopped, type StopCause } from '../plugin/stop-watch.js';

/**
 * Runs work that may be broken off from outside: the promise is then rejected with RunStopped, whether the work ends or not. Whoever supervises
 * the process can end JavaScript that never looks up, and takes its whole stack of calls away; so the work has a stack of its own.
 */
export async function breakable<T>(work: () => Promise<T> | T, halted: Promise<StopCause> | undefined): Promise<T> {
  if (halted === undefined) return work();
  let isHalted = false;
  return new Promise((resolve, reject) => {
    void halted.then((cause) => {
      isHalted = true;
      reject(new RunStopped(cause));
    });
    // Not in the callback itself: Node keeps a stack of its own for callbacks, which would not survive.
    const begun = new Promise((begin) => setImmediate(begin));
    void begun
      .then(() => {
        if (!isHalted) return Promise.resolve(work()).then(resolve);
        return undefined;
      })
      .catch(reject);
  });
}
