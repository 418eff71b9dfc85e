/** The part of WebAssembly's interface that is used here: the compiler's library for servers does not declare it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Pages of 64 KB. Views of the old buffer are empty afterwards. */
  grow(pages: number): number;
}

interface WasmModule {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module';
}

interface WasmInterface {
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => { readonly exports: unknown };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WasmInterface };

export function newMemory(pages: number): WasmMemory {
  return new WebAssembly.Memory({ initial: pages });
}

export function compile(bytes: Uint8Array): WasmModule {
  return new WebAssembly.Module(bytes);
}

/** `exports` are what the module's source says; nothing checks it. */
export function instantiate<T>(module: WasmModule, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>): T {
  return new WebAssembly.Instance(module, imports).exports as T;
}

export type { WasmModule };
