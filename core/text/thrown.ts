/**
 * What somebody's code has thrown, in words: `TypeError: no such lane`. Code may throw anything, also what cannot be made a text
 * (an object without a prototype, a message that throws when it is read): whoever tells of it must not fail in turn.
 */
export function thrownText(thrown: unknown): string {
  return told(thrown, (error) => `${error.name}: ${error.message}`);
}

/** What was thrown, or an error in place of what cannot even be asked for its class (a proxy that throws). Every handler of foreign code begins with it. */
export function asThrown(thrown: unknown): unknown {
  try {
    void (thrown instanceof Error);
    return thrown;
  } catch {
    return new Error('an object that cannot be shown');
  }
}

/** As `thrownText`, the message alone of an error. */
export function thrownMessage(thrown: unknown): string {
  return told(thrown, (error) => `${error.message}`);
}

function told(thrown: unknown, ofError: (error: Error) => string): string {
  try {
    return thrown instanceof Error ? ofError(thrown) : String(thrown);
  } catch {
    return `${typeof thrown === 'function' ? 'a function' : 'an object'} that cannot be shown`;
  }
}
