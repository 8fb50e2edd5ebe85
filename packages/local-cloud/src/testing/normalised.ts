/**
 * A JSON document with what differs from run to run replaced: each id by `<id N>` in the order in which they first appear,
 * instants by `<time>`, digests by `<digest>`, durations by `<ms>`, and the edge's port.
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
    .replaceAll(/"startup_time_ms":\d+/gu, '"startup_time_ms":"<ms>"')
    .replaceAll(/localhost:\d+/gu, "localhost:<port>");
  return JSON.parse(text) as unknown;
}
