/** What Ajar uses of WebAssembly: Node has it, but TypeScript declares it only together with a browser. */
declare namespace WebAssembly {
  function validate(code: Uint8Array): boolean

  class Module {
    constructor(code: Uint8Array)
  }

  class Memory {
    constructor(size: { initial: number })
    readonly buffer: ArrayBuffer
  }

  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, Memory>>)
    readonly exports: Record<string, unknown>
  }
}
