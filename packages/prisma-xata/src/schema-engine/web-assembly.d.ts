/** The part of the standard's interface that is used here; the types of Node.js leave it to those of the DOM. */
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, object>>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}
