import type { JsonSchema } from '../document/json-schema.js';
import type { RandomStream } from '../kernel/random.js';
import type { Met, Needs } from '../model/service.js';
import type { ExtensionAccess, ExtensionPoint } from '../model/extension-point.js';

interface ExtensionFacts<T> {
  readonly kind: 'extension';
  /** The name under which the value is found at its point. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly sources?: readonly string[];
  /** For a service: its token. */
  readonly point: ExtensionPoint<T>;
  /** Of a service: it is taken where no scenario binds another. */
  readonly binds?: boolean;
}

/** A value that is the same for everybody. */
export interface ConstantExtension<T> extends ExtensionFacts<T> {
  readonly value: T;
  readonly create?: undefined;
}

/** A value that is made from a configuration: `{ use: NAME, with: { ... } }` wherever the owner of the point takes a name. */
export interface ConfiguredExtension<T, Config, N extends Needs = Needs> extends ExtensionFacts<T> {
  readonly value?: undefined;
  readonly configSchema: JsonSchema;
  /** Called for each user, and for its description too: must not simulate. */
  create(config: Config, context: ExtensionContext, needs: Met<N>): T;
  /** What it needs of the simulation and of other plugins; such an extension is made in a simulation only. */
  readonly needs?: N;
}

export type ExtensionPlugin<T = unknown, Config = Readonly<Record<string, unknown>>, N extends Needs = Needs> =
  | ConstantExtension<T>
  | ConfiguredExtension<T, Config, N>;

/** What an extension is made with, besides its validated configuration. Other extensions are at hand; a circle of them is refused. */
export interface ExtensionContext extends ExtensionAccess {
  /** Who asked for the value: the path of a block, or the part of the scenario. */
  readonly owner: string;
  readonly seed: number;
  /** A random stream seeded from (scenario seed, owner, extension, name). */
  random(name: string): RandomStream;
}
