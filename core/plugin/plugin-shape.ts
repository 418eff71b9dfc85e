import { InputError, type SourcePlace } from '../errors.js';
import { BLOCK_KINDS } from './block-plugin.js';
import { PLUGIN_KINDS, type Plugin } from './define-plugin.js';
import { stallClassProblem, STALL_CLASSES_EXPECTED, withStallRoles } from './stall-class-shape.js';
import { statisticsProblem } from './statistics-shape.js';
import { listNames, nearestName } from '../document/nearest.js';

type Loose = Readonly<Record<string, unknown>>;
type FieldType = 'string' | 'object' | 'function' | 'array';

const BLOCK_FIELDS: Readonly<Record<string, FieldType>> = {
  configSchema: 'object',
  ports: 'object',
  statistics: 'object',
  describe: 'function',
  create: 'function',
};

const FIELDS_BY_KIND: Readonly<Record<string, Readonly<Record<string, FieldType>>>> = {
  ...Object.fromEntries(BLOCK_KINDS.map((kind) => [kind, BLOCK_FIELDS])),
  mapper: { configSchema: 'object', map: 'function' },
  estimator: { configSchema: 'object', estimate: 'function' },
  importer: { configSchema: 'object', extensions: 'array', produces: 'array', recognise: 'function', read: 'function' },
  exporter: { configSchema: 'object', export: 'function' },
  experiment: { configSchema: 'object', run: 'function' },
  crosscheck: { configSchema: 'object', recordKind: 'string', simulate: 'function' },
  extension: { point: 'object' },
  runner: { configSchema: 'object', create: 'function' },
  store: { configSchema: 'object', open: 'function' },
};

/** Names are typed after `use:` and on the command line. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Checks that a value is a plugin, field by field, and says what is missing. Third-party code comes through here. */
export function checkPluginShape(candidate: unknown, origin: string, place?: SourcePlace): Plugin {
  const fail = (message: string, expected: string, nearest?: string): never => {
    throw new InputError({ ...place, message: `${origin}: ${message}`, expected, ...(nearest === undefined ? {} : { nearest }) });
  };
  if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate)) {
    return fail(`what it exports is not a plugin but ${describeValue(candidate)}`, 'an object made with definePlugin');
  }
  const plugin = candidate as Loose;
  const kind = plugin['kind'];
  if (typeof kind !== 'string') return fail("the plugin has no 'kind'", listNames(PLUGIN_KINDS, 20));
  if (!(PLUGIN_KINDS as readonly string[]).includes(kind)) {
    return fail(`unknown plugin kind '${kind}'`, listNames(PLUGIN_KINDS, 20), nearestName(kind, PLUGIN_KINDS));
  }
  const name = plugin['name'];
  if (typeof name !== 'string' || !NAME.test(name)) {
    return fail(`the ${kind} plugin's name is ${describeValue(name)}`, 'lower-case words joined by hyphens, e.g. my-core');
  }
  const fields: Readonly<Record<string, FieldType>> = { version: 'string', summary: 'string', ...FIELDS_BY_KIND[kind] };
  for (const [field, type] of Object.entries(fields)) {
    if (typeOf(plugin[field]) !== type) {
      return fail(
        `${kind} plugin '${name}': '${field}' is ${describeValue(plugin[field])}`,
        `${field === 'export' ? 'an export' : `'${field}'`} of type ${type}`,
      );
    }
  }
  const ratioProblem = 'ports' in plugin ? statisticsProblem(plugin['statistics'] as Loose) : undefined;
  if (ratioProblem !== undefined)
    return fail(`${kind} plugin '${name}': ${ratioProblem}`, '`ratio: [numerator, denominator]`, two declared statistics that are no ratios');
  const current = withStallRoles(plugin);
  const stallProblem = stallClassProblem(current['stallClasses']);
  if (stallProblem !== undefined) return fail(`${kind} plugin '${name}': ${stallProblem}`, STALL_CLASSES_EXPECTED);
  if (kind === 'extension') {
    const isMade = typeof plugin['create'] === 'function';
    if (isMade === (plugin['value'] !== undefined)) {
      return fail(`extension plugin '${name}': it has ${isMade ? "both 'value' and 'create'" : "neither 'value' nor 'create'"}`, 'one of them');
    }
    if (isMade && typeOf(plugin['configSchema']) !== 'object') {
      return fail(`extension plugin '${name}': 'configSchema' is ${describeValue(plugin['configSchema'])}`, "'configSchema' of type object beside 'create'");
    }
  }
  return current as unknown as Plugin;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}

function describeValue(value: unknown): string {
  const type = typeOf(value);
  if (type === 'undefined') return 'missing';
  if (type === 'string') return `'${String(value).slice(0, 60)}'`;
  return type === 'null' ? 'null' : `of type ${type}`;
}
