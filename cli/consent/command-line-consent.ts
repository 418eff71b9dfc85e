import type { PluginCode, PluginPolicy, SourcePlace } from '../../core/index.js';
import { InputError } from '../../core/errors.js';
import { checkAgreeable, isListed, notAgreed } from '../../core/plugin/consent/agree-to.js';
import { ConsentStore } from './consent-store.js';
import { ask, isTerminal, ownTerminal, type Terminal } from './question.js';

export interface ConsentOptions {
  /** What `--allow-plugins` says. */
  readonly list: readonly string[];
  readonly warn: (message: string) => void;
  /** For tests. */
  readonly terminal?: Terminal;
  readonly store?: ConsentStore;
  /** Called before and after a question, so that nothing else writes to the terminal. */
  readonly aroundQuestion?: { readonly before: () => void; readonly after: () => void };
}

/** Agrees to what `--allow-plugins` lists and to what the user has agreed to before, and asks on a terminal. A no is not asked again. */
export function commandLineConsent({ list, warn, terminal, store = ConsentStore.ofUser(warn), aroundQuestion }: ConsentOptions): PluginPolicy {
  checkAgreeable(list, { file: 'command line', path: '--allow-plugins' });
  const answers = new Map<string, boolean>();
  const answerOf = async (code: PluginCode, place: SourcePlace | undefined, isChanged: boolean, asked: Terminal): Promise<boolean> => {
    aroundQuestion?.before();
    const isYes = await ask({ code, place, isChanged }, asked).finally(() => aroundQuestion?.after());
    answers.set(code.sha256, isYes);
    if (isYes) store?.add(code);
    return isYes;
  };
  return async (code, place) => {
    if (isListed(code, list) || answers.get(code.sha256) === true || store?.has(code) === true) return;
    const isChanged = store?.hasFormer(code) === true;
    // Not before: Node opens standard input when it is looked at.
    const asked = terminal ?? ownTerminal();
    if (!isTerminal(asked)) throw notAgreed(code, place, { list, isChanged });
    if (!answers.has(code.sha256) && (await answerOf(code, place, isChanged, asked))) return;
    throw new InputError({ ...place, message: `'${code.specifier}' was not agreed to, so nothing was run`, expected: 'the answer y' });
  };
}
