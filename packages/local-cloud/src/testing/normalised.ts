/** An author that no Worker's version has. */
const NOBODY = `"${"0".repeat(32)}"`;

/**
 * A JSON document with what differs from run to run replaced: each id by `<id N>` in the order in which they first appear,
 * instants by `<time>`, digests by `<digest>`, other long hexadecimal ids by `<hex>`, durations by `<ms>`, the size of what esbuild
 * made by `<bytes>`, and the edge's port.
 */
export function normalised(value: unknown, ids = new Map<string, string>()): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, (id) => {
      const label = ids.get(id) ?? `<id ${ids.size + 1}>`;
      ids.set(id, label);
      return label;
    })
    .replaceAll(/"\d{4}-\d{2}-\d{2}T[\d:.]+Z"/gu, '"<time>"')
    .replaceAll(/"[0-9a-f]{64}"/gu, '"<digest>"')
    .replaceAll(/"[0-9a-f]{32}"/gu, (id) => (id === NOBODY ? id : '"<hex>"'))
    .replaceAll(/"(gzip_bytes|raw_bytes)":\d+/gu, '"$1":"<bytes>"')
    .replaceAll(/"(startup_time_ms|duration)":[\d.]+/gu, '"$1":"<ms>"')
    .replaceAll(/localhost:\d+/gu, "localhost:<port>");
  return JSON.parse(text) as unknown;
}
