import { documentSchema } from '../../document/installation.js';
import { isPlainObject, type Places } from '../../document/places.js';
import { validateInPlace } from '../../document/validate.js';
import { InputError, type SourcePlace } from '../../errors.js';
import type { LoadTools } from '../load-tools.js';
import { expandConnections } from './connections.js';
import { copiesByName, settleCopies } from './copies.js';
import { resolveIncludes } from './include.js';
import type { RawMachine, RawSupply } from './raw-machine.js';
import { applySet } from './set.js';
import { NO_SUPPLY, supplyOf } from './supply.js';

/** Where in the machine a piece of document belongs. */
interface Scope {
  /** `` or `die0.`. */
  readonly clockPrefix: string;
  readonly clock: string | undefined;
  readonly supply: RawSupply;
  readonly templates: Record<string, unknown>;
  /** Templates being expanded, for cycles. */
  readonly expanding: readonly string[];
}

/** Where a machine document stands: the scenario's machine, or a chiplet in another. */
export interface Nesting {
  /** Of the document, for messages: `machine.chiplets.die0`. */
  readonly documentPath: string;
  /** Of its blocks: `` for the machine itself, `die0.` for a chiplet. */
  readonly prefix: string;
  /** Files being included, for cycles. */
  readonly chain: readonly string[];
  readonly supply?: RawSupply;
}

const MAX_BLOCKS = 65_536;

/** Flattens a machine document into `machine`, everything under the prefix of its nesting. */
export function flattenMachine(document: Record<string, unknown>, nesting: Nesting, machine: RawMachine, tools: LoadTools): void {
  const { problems, places } = tools;
  const { documentPath, prefix, chain } = nesting;
  const resolved = problems.attempt(() => resolveIncludes(document, documentPath, tools, chain));
  if (resolved === undefined) return;
  const value = resolved.value;
  const sets = settleCopies(value, resolved.sets, tools);
  const faults = validateInPlace(documentSchema('machine'), value, { places, path: documentPath, owner: 'machine schema' });
  problems.addAll(faults);
  if (faults.length > 0) return;
  readClocks(value, documentPath, prefix, machine, tools);
  if (prefix === '' && typeof value['name'] === 'string') machine.name = value['name'];
  readPlugins(value, machine, places);
  const scope: Scope = {
    clockPrefix: prefix,
    clock: referenceOf(value, prefix),
    supply: supplyOf(value, nesting.supply ?? NO_SUPPLY, tools),
    templates: (value['templates'] ?? {}) as Record<string, unknown>,
    expanding: [],
  };
  flattenBlocks(value['blocks'], prefix, scope, machine, tools);
  flattenChiplets(value['chiplets'], { ...nesting, supply: scope.supply }, machine, tools);
  expandConnections(
    value['connect'],
    { path: prefix, clockPrefix: prefix, supply: scope.supply, copies: copiesByName(value['blocks']) },
    machine.connections,
    tools,
  );
  for (const layer of sets) applySet(layer.values, prefix, machine, tools);
}

function referenceOf(value: Record<string, unknown>, prefix: string): string | undefined {
  const name = value['referenceClock'] ?? Object.keys((value['clocks'] ?? {}) as object)[0];
  return name === undefined ? undefined : `${prefix}${String(name)}`;
}

function readClocks(value: Record<string, unknown>, documentPath: string, prefix: string, machine: RawMachine, tools: LoadTools): void {
  const clocks = value['clocks'] as Record<string, number> | undefined;
  if (clocks === undefined) {
    const path = documentPath === '' ? 'clocks' : `${documentPath}.clocks`;
    tools.problems.add(tools.places.ofSelf(value), path, "the key 'clocks' is missing", 'at least one clock, e.g. `clocks: { core: 1 GHz }`');
    return;
  }
  for (const [name, hertz] of Object.entries(clocks)) machine.clocks.set(`${prefix}${name}`, hertz);
  const reference = value['referenceClock'];
  if (typeof reference === 'string' && !Object.hasOwn(clocks, reference)) {
    tools.problems.unknown(tools.places.ofValue(value, 'referenceClock'), 'referenceClock', 'clock', reference, Object.keys(clocks));
  }
  if (prefix === '') machine.referenceClock = referenceOf(value, prefix);
}

function readPlugins(value: Record<string, unknown>, machine: RawMachine, places: Places): void {
  const list = value['plugins'] as string[] | undefined;
  list?.forEach((specifier, index) => {
    const place = places.ofValue(list, index) ?? { file: '' };
    machine.plugins.push({ specifier, from: place.file, place });
  });
}

function flattenBlocks(blocks: unknown, prefix: string, scope: Scope, machine: RawMachine, tools: LoadTools): void {
  if (!isPlainObject(blocks)) return;
  for (const [name, block] of Object.entries(blocks)) {
    const place = tools.places.ofKey(blocks, name);
    flattenBlock(`${prefix}${name}`, block as Record<string, unknown>, place, scope, machine, tools);
  }
}

function flattenBlock(path: string, block: Record<string, unknown>, place: SourcePlace | undefined, scope: Scope, machine: RawMachine, tools: LoadTools): void {
  const forms = ['use', 'blocks', 'template'].filter((key) => block[key] !== undefined);
  if (forms.length !== 1) {
    const found = forms.length === 0 ? 'none of them' : forms.join(' and ');
    tools.problems.add(place, path, `a block has one of 'use', 'blocks' and 'template', this one has ${found}`, 'e.g. `use: sram`');
    return;
  }
  const clock = typeof block['clock'] === 'string' ? `${scope.clockPrefix}${block['clock']}` : scope.clock;
  const inner: Scope = { ...scope, clock, supply: supplyOf(block, scope.supply, tools) };
  if (forms[0] === 'use') return addBlock(path, block, place, inner, machine, tools);
  if (forms[0] === 'template') return flattenTemplate(path, block, inner, machine, tools);
  flattenBlocks(block['blocks'], `${path}.`, inner, machine, tools);
  expandConnections(block['connect'], { ...inner, path: `${path}.`, copies: copiesByName(block['blocks']) }, machine.connections, tools);
}

function addBlock(path: string, block: Record<string, unknown>, place: SourcePlace | undefined, scope: Scope, machine: RawMachine, tools: LoadTools): void {
  for (const key of ['connect', 'copies', 'set']) {
    if (block[key] !== undefined)
      tools.problems.add(tools.places.ofKey(block, key), `${path}.${key}`, `'${key}' has no meaning beside 'use'`, 'use, with, clock, voltage');
  }
  if (machine.blocks.has(path)) {
    tools.problems.add(place, path, `two blocks are called '${path}'`, 'a name of its own for every block');
    return;
  }
  if (machine.blocks.size >= MAX_BLOCKS) throw new InputError({ ...place, path, message: 'too many blocks', expected: `at most ${MAX_BLOCKS}` });
  const source = tools.places.clone(block);
  machine.blocks.set(path, { path, use: block['use'] as string, source, clock: scope.clock, supply: scope.supply, clockPrefix: scope.clockPrefix });
}

function flattenTemplate(path: string, block: Record<string, unknown>, scope: Scope, machine: RawMachine, tools: LoadTools): void {
  const name = block['template'] as string;
  const place = tools.places.ofValue(block, 'template');
  const template = Object.hasOwn(scope.templates, name) ? (scope.templates[name] as Record<string, unknown>) : undefined;
  if (template === undefined) {
    tools.problems.unknown(place, `${path}.template`, 'template', name, Object.keys(scope.templates));
    return;
  }
  if (scope.expanding.includes(name)) {
    tools.problems.add(place, `${path}.template`, `template cycle: ${[...scope.expanding, name].join(' -> ')}`, 'a template that does not use itself');
    return;
  }
  const clock = typeof template['clock'] === 'string' && block['clock'] === undefined ? `${scope.clockPrefix}${template['clock']}` : scope.clock;
  const inner: Scope = { ...scope, clock, expanding: [...scope.expanding, name] };
  const copies = block['copies'] as number | undefined;
  const paths = copies === undefined ? [path] : Array.from({ length: copies }, (_, index) => `${path}${index}`);
  for (const copy of paths) {
    flattenBlocks(template['blocks'], `${copy}.`, inner, machine, tools);
    expandConnections(template['connect'], { ...inner, path: `${copy}.`, copies: copiesByName(template['blocks']) }, machine.connections, tools);
    if (isPlainObject(block['set'])) applySet(block['set'], `${copy}.`, machine, tools);
  }
}

function flattenChiplets(chiplets: unknown, around: Nesting, machine: RawMachine, tools: LoadTools): void {
  if (!isPlainObject(chiplets)) return;
  for (const [name, inner] of Object.entries(chiplets)) {
    const documentPath = [around.documentPath, 'chiplets', name].filter((part) => part !== '').join('.');
    const file = tools.places.ofValue(chiplets, name)?.file;
    const chain = file === undefined || around.chain.includes(file) ? around.chain : [...around.chain, file];
    flattenMachine(inner as Record<string, unknown>, { ...around, documentPath, prefix: `${around.prefix}${name}.`, chain }, machine, tools);
  }
}
