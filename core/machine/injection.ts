import 'reflect-metadata';
import { instanceCachingFactory, type DependencyContainer } from 'tsyringe';
import { InputError } from '../errors.js';
import { RandomStream } from '../kernel/random.js';
import type { ExtensionAccess, ExtensionReference } from '../model/extension-point.js';
import { servicePoint, serviceToken, type Need, type Needs, type ServiceToken } from '../model/service.js';
import { extensionAccess } from '../plugin/extension-access.js';
import { injectionToken, Token } from '../plugin/tokens.js';
import type { DescribedMachine } from './specification.js';

/** What injection knows of the machine; a description that is being made has no blocks yet. */
type InjectionMachine = Pick<DescribedMachine, 'seed' | 'bindings' | 'extensions' | 'referenceClock'> & Partial<Pick<DescribedMachine, 'block'>>;

/** A plugin whose needs are being met. */
interface Asker {
  /** `core0 (my-core)`, `provided by my-table`. */
  readonly who: string;
  /** Path for messages. */
  readonly path: string;
  readonly needs: Needs | undefined;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What a block is given of the simulation's container. */
export interface BlockScope {
  readonly seed: number;
  readonly access: ExtensionAccess;
  meet(asker: Asker): Record<string, unknown>;
}

/**
 * Meets the needs of plugins from the container of one simulation. A service is made when the first plugin needs it, and once; who
 * needs what is kept while it is made, so that what is missing or circular is named with its chain.
 */
export class Injection {
  /** Who is waiting for which service, outermost first. */
  private readonly waiting: { readonly who: string; readonly service: string }[] = [];

  constructor(
    private readonly container: DependencyContainer,
    private readonly machine: InjectionMachine,
  ) {
    const access = this.accessFor('machine', () => container);
    container.register(injectionToken(Token.clock), { useValue: machine.referenceClock });
    container.register(injectionToken(Token.random), { useValue: (name: string) => new RandomStream(machine.seed, `machine/${name}`) });
    container.register<ExtensionAccess>(injectionToken(Token.extensions), { useValue: access });
    for (const [service, provider] of Object.entries(machine.bindings)) {
      container.register(injectionToken(serviceToken<unknown>(service)), { useFactory: instanceCachingFactory(() => this.provide(service, provider)) });
    }
  }

  /** What a block has besides the simulation's; its container is made when somebody needs it. */
  scopeOf(path: string): BlockScope {
    const { seed } = this.machine;
    let made: DependencyContainer | undefined;
    const container = (): DependencyContainer => (made ??= this.blockContainer(path, access));
    const access = this.accessFor(path, container);
    return { seed, access, meet: (asker) => this.meet(asker, container()) };
  }

  /** A service, if one is bound. */
  find<T>(token: ServiceToken<T>, who: string): T | undefined {
    return this.meetOne({ optional: token }, who, 'bind', {}, this.container) as T | undefined;
  }

  private blockContainer(path: string, access: ExtensionAccess): DependencyContainer {
    const container = this.container.createChildContainer();
    container.register(injectionToken(Token.clock), { useValue: this.machine.block?.(path)?.clock ?? this.machine.referenceClock });
    container.register(injectionToken(Token.random), { useValue: (name: string) => new RandomStream(this.machine.seed, `${path}/${name}`) });
    container.register<ExtensionAccess>(injectionToken(Token.extensions), { useValue: access });
    return container;
  }

  /** What a plugin needs, by the names that it gave. InputError with the chain for what is missing or circular. */
  private meet({ who, path, needs = {}, config }: Asker, container: DependencyContainer): Record<string, unknown> {
    return Object.fromEntries(Object.entries(needs).map(([name, need]) => [name, this.meetOne(need, who, path, config, container)]));
  }

  private meetOne(need: Need, who: string, path: string, config: Readonly<Record<string, unknown>>, container: DependencyContainer): unknown {
    if ('parameter' in need) {
      const { parameter, point, builtIn } = need;
      const access = container.resolve(injectionToken(Token.extensions));
      return access.extension(point, config[parameter] as ExtensionReference, {
        at: `${path}.with.${parameter}`,
        ...(builtIn === undefined ? {} : { builtIn }),
      });
    }
    const token = 'optional' in need ? need.optional : need;
    if (!container.isRegistered(injectionToken(token), true)) {
      if ('optional' in need) return undefined;
      throw this.missing(token, who, path);
    }
    this.waiting.push({ who, service: token.service });
    try {
      return container.resolve(injectionToken(token));
    } finally {
      this.waiting.pop();
    }
  }

  private provide(service: string, provider: ExtensionReference): unknown {
    const earlier = this.waiting.slice(0, -1).findIndex((one) => one.service === service);
    if (earlier >= 0)
      throw new InputError({ path: `bind.${service}`, message: `${this.chain()}: a circle`, expected: 'services that can be made one after another' });
    const at = `bind.${service}`;
    return this.accessFor(`service ${service}`, () => this.container, at).extension({ name: servicePoint(service) }, provider, { at });
  }

  /** @param path for messages. */
  private accessFor(owner: string, container: () => DependencyContainer, path = owner): ExtensionAccess {
    return extensionAccess(this.machine.extensions, {
      owner,
      seed: this.machine.seed,
      meet: (plugin, config) => this.meet({ who: `provided by ${plugin.name}`, path, needs: plugin.needs, config }, container()),
    });
  }

  private missing({ service, name }: ServiceToken<unknown>, who: string, path: string): InputError {
    const providers = this.machine.extensions.extensionNames(name);
    const how = providers.length === 0 ? 'a plugin that provides it, and `bind`' : `\`bind: { ${service}: NAME }\` with ${providers.join(' or ')}`;
    const before = this.chain();
    return new InputError({
      path,
      message: `${before === '' ? who : `${before} <- ${who}`} needs ${service}, and nothing is bound to it`,
      expected: how,
    });
  }

  /** `core0 (my-core) needs energy-table <- provided by my-table needs cost-model`. */
  private chain(): string {
    return this.waiting.map(({ who, service }) => `${who} needs ${service}`).join(' <- ');
  }
}
