/** A binary STL file of so many triangles, 10 × 20 × 30 mm large. */
export function binaryStl(triangles: number, header = "solid although binary"): Uint8Array {
  const bytes = new Uint8Array(84 + triangles * 50);
  bytes.set(new TextEncoder().encode(header));
  const view = new DataView(bytes.buffer);
  view.setUint32(80, triangles, true);
  for (let triangle = 0; triangle < triangles; triangle++) {
    const corner = triangle === 0 ? [10, 20, 30] : [1, 2, 3];
    for (const [axis, value] of corner.entries())
      view.setFloat32(84 + triangle * 50 + 12 + axis * 4, value, true);
  }
  return bytes;
}

/** An ASCII STL file of so many triangles, 4 × 5 × 6 mm large. */
export function asciiStl(triangles: number): string {
  const facet =
    "facet normal 0 0 1\n outer loop\n  vertex 0 0 0\n  vertex 4.0 5e0 0\n  vertex 0 0 -6.0E+0\n endloop\nendfacet\n";
  return `solid Bracket\n${facet.repeat(triangles)}endsolid Bracket\n`;
}
