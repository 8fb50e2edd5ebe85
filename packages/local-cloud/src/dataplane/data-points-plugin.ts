import { ownBindings, type OwnBinding } from "./own-bindings.ts";

/** The name of the plugin, and of the kind of binding after `unsafe:`. */
const NAME = "data-points";
const MODULE = "local-cloud:data-points";

/** What the runtime takes for a dataset of Analytics Engine that this plugin binds. */
export type DataPointsBinding = OwnBinding<typeof NAME, { readonly dataset: string }>;

/** What begins a line of the log that is a data point. A Worker can't log it by mistake. */
export const DATA_POINT_MARK = "\u0000local-cloud:data-point";

/**
 * Runs inside workerd, in the Worker's own isolate: `writeDataPoint` returns at once and must survive the end of the
 * invocation, which a call to another Worker doesn't. What reaches us of every invocation is its log.
 * @see https://developers.cloudflare.com/analytics/analytics-engine/limits/
 */
const MODULE_TEXT = `
const write = console.debug.bind(console);
const encoder = new TextEncoder();
function list(value, name, limit) {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError("writeDataPoint(): " + name + " is not an array.");
  if (value.length > limit) throw new TypeError("writeDataPoint(): Maximum of " + limit + " " + name + " supported.");
  return value;
}
function text(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  return new TextDecoder().decode(value);
}
const bytes = (texts) => texts.reduce((sum, one) => sum + encoder.encode(one).byteLength, 0);
export default ({ dataset }) => ({
  writeDataPoint(point) {
    const { indexes, blobs, doubles } = point ?? {};
    const index = list(indexes, "indexes", 1).map(text);
    const texts = list(blobs, "blobs", 20).map(text);
    const numbers = list(doubles, "doubles", 20).map(Number);
    if (bytes(index) > 96) throw new TypeError("writeDataPoint(): Size of indexes exceeds 96 bytes.");
    if (bytes(texts) > 16384) throw new TypeError("writeDataPoint(): Cumulative size of blobs exceeds 16384 bytes.");
    write(${JSON.stringify(DATA_POINT_MARK)}, JSON.stringify({ dataset, index: index[0] ?? "", blobs: texts, doubles: numbers }));
  },
});
`;

/** Datasets of our own: miniflare's drop what is written. @see `ANALYTICS_ENGINE_PLUGIN` in miniflare's source */
const kind = ownBindings({
  url: import.meta.url,
  name: NAME,
  bound: (name, { dataset }: DataPointsBinding["dev"]["options"]) => {
    const innerBindings = [{ name: "dataset", json: JSON.stringify(dataset) }];
    return { name, wrapped: { moduleName: MODULE, innerBindings } };
  },
  getExtensions: () => [{ modules: [{ name: MODULE, esModule: MODULE_TEXT, internal: true }] }],
});

export const { plugins } = kind;

export function dataPoints(dataset: string): DataPointsBinding {
  return kind.bind({ dataset });
}
