import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PUBLIC_MODULES } from '../../../core/plugin/public-modules.js';

type Exports = Record<string, { types: string; default: string }>;

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; exports: Exports };
const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as { compilerOptions: { paths: Record<string, [string]> } };

it('the public specifiers mean the same file to the hook, to Node and to the compiler', () => {
  const toCompiler = Object.entries(compilerOptions.paths).map(([name, [file]]) => [name, file.replace(/^\.\//, '').replace(/\.ts$/, '.js')]);
  expect(Object.fromEntries(toCompiler)).toEqual(PUBLIC_MODULES);
  const { './package.json': _, ...modules } = packageJson.exports;
  const toNode = Object.entries(modules).map(([key, value]) => [`${packageJson.name}${key.slice(1)}`, value.default.replace(/^\.\/dist\//, '')]);
  expect(Object.fromEntries(toNode)).toEqual(PUBLIC_MODULES);
  for (const { types, default: code } of Object.values(modules)) expect(types.replace(/\.d\.ts$/, '.js')).toBe(code);
});
