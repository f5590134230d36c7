/** The part of the WebAssembly API that is used here; TypeScript declares it with browsers only. */
declare namespace WebAssembly {
  class Memory {
    /** In pages of 64 KiB. @throws RangeError where it cannot be had */
    constructor(limits: { initial: number; maximum: number; shared?: boolean });
    /** Of shared memory a SharedArrayBuffer. */
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
