import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/errors.js';
import { asThrown, thrownMessage, thrownText } from '../../../core/text/thrown.js';

describe('what somebody has thrown, in words', () => {
  const unreadable = new Error('x');
  Object.defineProperty(unreadable, 'message', {
    get: () => {
      throw new Error('not to be read');
    },
  });
  const shy = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('not to be asked');
      },
    },
  );
  it.each([
    [new TypeError('no lane'), 'TypeError: no lane', 'no lane'],
    ['text', 'text', 'text'],
    [undefined, 'undefined', 'undefined'],
    [Symbol('s'), 'Symbol(s)', 'Symbol(s)'],
    [Object.create(null), 'an object that cannot be shown', 'an object that cannot be shown'],
    [unreadable, 'an object that cannot be shown', 'an object that cannot be shown'],
    [shy, 'an object that cannot be shown', 'an object that cannot be shown'],
  ])('case %#', (thrown, text, message) => {
    expect([thrownText(thrown), thrownMessage(thrown)]).toEqual([text, message]);
  });

  it('can be asked for its class', () => {
    expect(asThrown('text')).toBe('text');
    expect(asThrown(unreadable)).toBe(unreadable);
    expect((asThrown(shy) as Error).message).toBe('an object that cannot be shown');
  });

  it('of an InputError, has the problems that it was made with', () => {
    const error = new InputError({ message: 'wrong' });
    expect(() => Object.assign(error, { problems: 5 })).toThrow('read only');
    expect(() => (error.problems as unknown[]).push(null)).toThrow('not extensible');
  });
});
