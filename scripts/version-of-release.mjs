/**
 * npx wrangler versions list --name WORKER --json | node scripts/version-of-release.mjs RELEASE
 * Prints the id of the newest version that was uploaded as that release. It needs nothing but Node, for when nothing else works.
 */
import { readFileSync } from "node:fs";

const [release] = process.argv.slice(2);
const versions = JSON.parse(readFileSync(0, "utf8"));
const found = versions
  .filter(({ annotations }) => annotations?.["workers/tag"] === release)
  .sort((a, b) => b.number - a.number)[0];

if (found === undefined) {
  console.error(
    `No version carries the tag ${release}. They carry: ${versions.map(({ annotations }) => annotations?.["workers/tag"] ?? "none").join(", ")}`,
  );
  process.exit(2);
}
console.log(found.id);
