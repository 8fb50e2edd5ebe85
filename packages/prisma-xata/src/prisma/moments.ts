/** One operation as Prisma's client hands it to what sends it. */
interface Handed {
  /** The same for all operations of one `$transaction([…])`. */
  readonly transaction?: { readonly kind: "batch" | "itx"; readonly lock?: object } | undefined;
}

/** Puts operations of one moment together, and sends them when the moment is over. */
interface Loader {
  readonly request: (handed: Handed) => Promise<unknown>;
}

interface PrismaLoader extends Loader {
  readonly options: { readonly singleLoader: (handed: Handed) => Promise<unknown> };
  readonly constructor: new (options: PrismaLoader["options"]) => Loader;
}

/**
 * Lets one Prisma client serve many requests of a Worker at once, and returns it. Prisma puts `findUnique`s of one moment together, and
 * sends them by a timer of the request that was the first in it. In a Worker no request may wait for another's I/O, and the timers of one
 * that is cancelled never run: nobody's `findUnique` would be sent any more. Afterwards only the operations of one `$transaction([…])`
 * are put together.
 * @throws TypeError when this version of Prisma's client is made otherwise
 * @see https://developers.cloudflare.com/workers/observability/errors/#cannot-perform-io-on-behalf-of-a-different-request
 */
export function withoutSharedMoments<Client extends object>(client: Client): Client {
  const handler: unknown = Reflect.get(client, "_requestHandler", client);
  const loader: unknown = isObject(handler) ? Reflect.get(handler, "dataloader", handler) : undefined;
  if (!isObject(handler) || !isLoader(loader))
    throw new TypeError("This Prisma client is made otherwise: its loader was not found.");
  Reflect.set(handler, "dataloader", separately(loader));
  return client;
}

function separately({ options, constructor: Moment }: PrismaLoader): Loader {
  const lists = new WeakMap<object, Loader>();
  return {
    request: async (handed) => {
      const list = handed.transaction?.kind === "batch" ? handed.transaction.lock : undefined;
      if (list === undefined) return options.singleLoader(handed);
      const loader = lists.get(list) ?? new Moment(options);
      lists.set(list, loader);
      return loader.request(handed);
    },
  };
}

function isLoader(value: unknown): value is PrismaLoader {
  if (!isObject(value)) return false;
  const options: unknown = Reflect.get(value, "options", value);
  return isObject(options) && typeof Reflect.get(options, "singleLoader", options) === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
