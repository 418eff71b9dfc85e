import { describe, expect, it } from 'vitest';
import { thrownMessage, thrownText } from '../../../core/text/thrown.js';

describe('what somebody has thrown, in words', () => {
  const unreadable = new Error('x');
  Object.defineProperty(unreadable, 'message', {
    get: () => {
      throw new Error('not to be read');
    },
  });
  it.each([
    [new TypeError('no lane'), 'TypeError: no lane', 'no lane'],
    ['text', 'text', 'text'],
    [undefined, 'undefined', 'undefined'],
    [Symbol('s'), 'Symbol(s)', 'Symbol(s)'],
    [Object.create(null), 'an object that cannot be shown', 'an object that cannot be shown'],
    [unreadable, 'an object that cannot be shown', 'an object that cannot be shown'],
  ])('case %#', (thrown, text, message) => {
    expect([thrownText(thrown), thrownMessage(thrown)]).toEqual([text, message]);
  });
});
