import { ownBindings, type OwnBinding } from "./own-bindings.ts";

/** The name of the plugin, and of the kind of binding after `unsafe:`. */
const NAME = "queue-producer";

/** What the runtime takes for a queue that this plugin binds: messages go to the Worker of that name in the same process. */
export type QueueProducerBinding = OwnBinding<typeof NAME, { readonly worker: string }>;

/**
 * Queue bindings of our own. Miniflare's lead to a broker in the memory of each process; these lead to a Worker, and
 * through it to the one broker that all versions share.
 */
const kind = ownBindings({
  url: import.meta.url,
  name: NAME,
  bound: (name, { worker }: QueueProducerBinding["dev"]["options"]) => ({
    name,
    queue: { name: `core:user:${worker}` },
  }),
});

export const { plugins } = kind;

export function queueProducer(worker: string): QueueProducerBinding {
  return kind.bind({ worker });
}
