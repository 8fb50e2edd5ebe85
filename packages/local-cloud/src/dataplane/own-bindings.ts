import type { Plugin } from "miniflare";

/**
 * What the runtime takes for a binding of a kind of our own. No interface: those lack the index signature that the runtime's
 * options ask for.
 */
export type OwnBinding<Name extends string, Options> = {
  readonly type: `unsafe:${Name}`;
  readonly dev: {
    readonly plugin: { readonly package: string; readonly name: Name };
    readonly options: Options;
  };
};

type Bound = Extract<Awaited<ReturnType<Plugin["getBindings"]>>, readonly unknown[]>[number];

/** A kind of binding that miniflare hasn't, or has otherwise. */
export function ownBindings<Name extends string, Options>(kind: {
  /** Of the module that exports the plugins as `plugins`: miniflare loads it. @see `loadExternalPlugins` in its source */
  readonly url: string;
  readonly name: Name;
  /** What workerd has for a binding. */
  readonly bound: (name: string, options: Options) => Bound;
  readonly getExtensions?: NonNullable<Plugin["getExtensions"]>;
}): {
  readonly bind: (options: Options) => OwnBinding<Name, Options>;
  readonly plugins: Readonly<Record<string, Plugin>>;
} {
  const { url, name, bound, getExtensions } = kind;
  const plugin: Plugin = {
    getBindings: ({ config }) =>
      Object.entries(config.env ?? {}).flatMap(([bindingName, binding]) => {
        const { type, dev } = binding as { readonly type: string; readonly dev?: unknown };
        if (type !== `unsafe:${name}`) return [];
        return [bound(bindingName, (dev as OwnBinding<Name, Options>["dev"]).options)];
      }),
    getNodeBindings: () => ({}),
    getServices: () => undefined,
    ...(getExtensions && { getExtensions }),
  };
  const dev = { package: new URL(url).pathname, name };
  return {
    bind: (options) => ({ type: `unsafe:${name}`, dev: { plugin: dev, options } }),
    plugins: { [name]: plugin },
  };
}
