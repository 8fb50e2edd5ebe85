import type { Plugin } from "miniflare";

/** The name of the plugin, and of the kind of binding after `unsafe:`. */
const NAME = "queue-producer";

/**
 * What the runtime takes for a queue that this plugin binds: messages go to the Worker of that name in the same process.
 * No interface: those lack the index signature that the runtime's options ask for.
 */
export type QueueProducerBinding = {
  readonly type: `unsafe:${typeof NAME}`;
  readonly dev: {
    readonly plugin: { readonly package: string; readonly name: typeof NAME };
    readonly options: { readonly worker: string };
  };
};

export function queueProducer(worker: string): QueueProducerBinding {
  const plugin = { package: new URL(import.meta.url).pathname, name: NAME } as const;
  return { type: `unsafe:${NAME}`, dev: { plugin, options: { worker } } };
}

/**
 * Queue bindings of our own. Miniflare's lead to a broker in the memory of each process; these lead to a Worker, and
 * through it to the one broker that all versions share. @see `loadExternalPlugins` in miniflare's source
 */
export const plugins: Readonly<Record<string, Plugin>> = {
  [NAME]: {
    getBindings: ({ config }) =>
      Object.entries(config.env ?? {}).flatMap(([name, binding]) => {
        const { type, dev } = binding as { readonly type: string; readonly dev?: unknown };
        if (type !== `unsafe:${NAME}`) return [];
        const { options } = dev as QueueProducerBinding["dev"];
        return [{ name, queue: { name: `core:user:${options.worker}` } }];
      }),
    getNodeBindings: () => ({}),
    getServices: () => undefined,
  },
};
