declare module "workerd" {
  /** A CommonJS module: Node gives its exports as the default one. */
  const exports: { readonly default: string };
  export default exports;
}
