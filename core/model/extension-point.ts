/**
 * A place where other plugins join in: DRAM schedulers, network topologies, number formats. The owner of the point states
 * the interface `T` in its `api.ts`; others register named values with a plugin of kind `extension`.
 */
export interface ExtensionPoint<T> {
  /** E.g. `noc-flit.routing`. */
  readonly name: string;
  /** Never set: carries the type. */
  readonly type?: T;
}

export function extensionPoint<T>(name: string): ExtensionPoint<T> {
  return { name };
}

/** How a configuration names an extension: by its name alone, or with a configuration of its own. */
export type ExtensionReference = string | { readonly use: string; readonly with?: Readonly<Record<string, unknown>> };

/** The name in a reference. */
export function nameOfExtension(reference: ExtensionReference): string {
  return typeof reference === 'string' ? reference : reference.use;
}

/** Where a reference stands, and which names the owner of the point knows by itself. */
export interface ReferenceOptions<T> {
  /** Path of the reference inside the configuration, for messages; default the point's name. */
  readonly at?: string;
  /** The owner's own values, which take no configuration. */
  readonly builtIn?: ReadonlyMap<string, T>;
}

/** What plugins registered at extension points, for one user: a block, an experiment, another extension. */
export interface ExtensionAccess {
  /**
   * The values at a point by name, sorted: constants, and what needs no configuration, made with its defaults. A value that takes a
   * configuration is made anew at each call, so that it may have a state of its own.
   */
  extensions<T>(point: ExtensionPoint<T>): ReadonlyMap<string, T>;
  /** The value that a configuration names, made with its `with`. InputError for an unknown name or a `with` that does not fit. */
  extension<T>(point: ExtensionPoint<T>, reference: ExtensionReference, options?: ReferenceOptions<T>): T;
}
