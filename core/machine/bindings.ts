import { InputError } from '../errors.js';
import type { ExtensionReference } from '../model/extension-point.js';
import { servicePoint, type Bindings } from '../model/service.js';
import type { ExtensionCatalogue } from '../plugin/extension-access.js';

/** Providers by service: those that are bound, and for the others the one that binds itself. */
export function effectiveBindings(bound: Bindings, extensions: ExtensionCatalogue): Record<string, ExtensionReference> {
  const bindings: Record<string, ExtensionReference> = { ...bound };
  for (const service of extensions.boundServices()) {
    if (bindings[service] !== undefined) continue;
    const point = servicePoint(service);
    const volunteers = extensions.extensionNames(point).filter((name) => extensions.extensionPlugin(point, name)?.binds === true);
    if (volunteers.length > 1) {
      throw new InputError({
        path: `bind.${service}`,
        message: `${volunteers.join(' and ')} all want to provide ${service}`,
        expected: `\`bind: { ${service}: NAME }\` with one of them`,
      });
    }
    if (volunteers[0] !== undefined) bindings[service] = volunteers[0];
  }
  return bindings;
}
