import type { ValidateFunction } from 'ajv/dist/2020.js';

export interface BundledModule {
  readonly exportNames: readonly string[];
  /** Evaluates the module at the first call. */
  load(): Readonly<Record<string, unknown>>;
}

/** What the bundled build lays ready when it starts. Modules that run one by one (tests, tools, programs) have none. */
export interface RunningBundle {
  /** The public modules by specifier (`tessera-sim`, `tessera-sim/dram`): the very modules that the bundle itself uses. */
  readonly publicModules: Readonly<Record<string, BundledModule>>;
  /** The built-in plugins as the registry takes them (`LazyPlugin`): evaluated when they are used. */
  readonly plugins: readonly object[];
  /** Validators compiled at build time, of document schemas by name: `scenario`, and `machine#link` for a part. */
  readonly documentValidators: Readonly<Record<string, () => ValidateFunction>>;
}

/** A symbol of the whole process: the modules made for third-party plugins reach the bundle through it. */
const RUNNING = Symbol.for('tessera-sim.running-bundle');

const holder = globalThis as { [RUNNING]?: RunningBundle };

/** The bundle that this process runs from, if any. */
export function runningBundle(): RunningBundle | undefined {
  return holder[RUNNING];
}

export function announceBundle(bundle: RunningBundle): void {
  holder[RUNNING] = bundle;
}

/**
 * Text of an ES module that hands on everything that a public module of the running bundle exports: a plugin that imports
 * it shares classes and tokens with the core that runs it.
 */
export function reexportingModule(specifier: string, exportNames: readonly string[]): string {
  const names = exportNames.join(', ');
  return `const { ${names} } = globalThis[Symbol.for('${RUNNING.description}')].publicModules['${specifier}'].load();\nexport { ${names} };\n`;
}
