import { InputError, nearestName } from 'tessera-sim';
import type { CommandEffect, CommandForm, CommandScope } from './command-form.js';
import { COMMAND_FORMS, COMMANDS, Command } from './commands.js';

const SCOPES: readonly CommandScope[] = ['bank', 'bankGroup', 'sameBank', 'pseudoChannel', 'rank', 'channel'];
const EFFECTS: readonly CommandEffect[] = ['open', 'close', 'read', 'write', 'mode', 'refresh', 'compute'];
const BUSES: readonly CommandForm['bus'][] = ['row', 'column', 'none'];

/** The commands of one standard by code: those that all have, then its own in the order in which it declares them. */
export class CommandTable {
  readonly forms: readonly CommandForm[];
  readonly names: readonly string[];
  private readonly codes: ReadonlyMap<string, number>;

  /**
   * Throws InputError for a form that is not one, or whose name is taken.
   * @param own commands that the standard declares
   * @param wideScope what PREab and REFab reach
   */
  constructor(own: readonly CommandForm[] = [], wideScope: 'rank' | 'channel' = 'rank') {
    const isWide = (code: number) => code === Command.prechargeAll || code === Command.refreshAll;
    const common = COMMAND_FORMS.map((form, code) => (isWide(code) ? { ...form, scope: wideScope } : form));
    this.forms = [...common, ...own];
    this.names = this.forms.map(({ name }) => name);
    checkOwn(own, this.names);
    this.codes = new Map([...this.names.map((name, code): [string, number] => [name, code]), ['ACT1', Command.activate]]);
  }

  get count(): number {
    return this.forms.length;
  }

  /** Codes of the standard's own commands. */
  get own(): readonly number[] {
    return Array.from({ length: this.count - COMMANDS }, (_, i) => COMMANDS + i);
  }

  /** The code of a name (`ACT1` is `ACT`), or undefined. */
  find(name: string): number | undefined {
    return this.codes.get(name);
  }

  /** The code of a name; InputError at `path` for one that no command has. */
  codeOf(name: string, path: string): number {
    const code = this.codes.get(name);
    if (code !== undefined) return code;
    const nearest = nearestName(name, this.names);
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    throw new InputError([{ path, message: `no command is named ${name}${hint}`, expected: this.names.join(', ') }]);
  }

  has(code: number, effect: CommandEffect): boolean {
    return this.forms[code]!.effects.includes(effect);
  }

  /** Codes of all commands with an effect. */
  with(effect: CommandEffect): readonly number[] {
    return this.forms.flatMap(({ effects }, code) => (effects.includes(effect) ? [code] : []));
  }

  /** It goes where column commands go, on devices that have two buses. */
  isOnColumnBus(code: number): boolean {
    return this.forms[code]!.bus === 'column';
  }

  /** What the banks that it reaches must be. */
  needOf(code: number): 'open' | 'closed' | undefined {
    const { needs, effects } = this.forms[code]!;
    if (needs !== undefined) return needs;
    if (effects.includes('open') || effects.includes('refresh')) return 'closed';
    return effects.includes('read') || effects.includes('write') ? 'open' : undefined;
  }
}

/** The table of standards without commands of their own. */
export const COMMON_COMMANDS = new CommandTable();

/** The code of a command that all standards have, by its name, or undefined. */
export function commandOf(name: string): number | undefined {
  return COMMON_COMMANDS.find(name);
}

function checkOwn(own: readonly CommandForm[], names: readonly string[]): void {
  own.forEach((form, i) => {
    const wrong = (message: string, expected?: string): InputError =>
      new InputError([{ path: 'standard', message: `command '${form.name}' ${message}`, ...(expected === undefined ? {} : { expected }) }]);
    if (!/^[A-Za-z_]\w*$/.test(form.name)) throw wrong('has a name that timing rows cannot use', 'letters, digits and _');
    if (names.indexOf(form.name) !== COMMANDS + i || form.name === 'ACT1') throw wrong('is declared twice, or is one that every standard has');
    if (!SCOPES.includes(form.scope)) throw wrong(`has the scope '${form.scope}'`, SCOPES.join(', '));
    if (!BUSES.includes(form.bus)) throw wrong(`has the bus '${form.bus}'`, BUSES.join(', '));
    const unknown = form.effects.find((effect) => !EFFECTS.includes(effect));
    if (unknown !== undefined) throw wrong(`has the effect '${unknown}'`, EFFECTS.join(', '));
  });
}
