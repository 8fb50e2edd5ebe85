/**
 * Adds to package-lock.json the optional platform packages that npm dropped because the registry at hand doesn't
 * carry them, so that `npm ci` accepts the file on every platform. Entries added here have no integrity hash: regenerate
 * the lock file where the full registry is reachable before relying on those platforms. Idempotent.
 */
import { readFileSync, writeFileSync } from "node:fs";

const LOCK_FILE = new URL("../package-lock.json", import.meta.url);
const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const PROCESSORS = ["arm64", "arm", "ia32", "loong64", "ppc64", "riscv64", "s390x", "wasm32", "x64"];
const C_LIBRARIES = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

const lock = JSON.parse(readFileSync(LOCK_FILE, "utf8"));
const added = missingEntries(lock.packages);

if (added.length > 0) {
  const all = [...Object.entries(lock.packages), ...added];
  lock.packages = Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync(LOCK_FILE, `${JSON.stringify(lock, null, 2)}\n`);
}
console.error(`package-lock.json: ${added.length} optional platform packages added`);

function missingEntries(packages) {
  return Object.entries(packages).flatMap(([location, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !resolves(packages, location, name))
      .map(([name, version]) => [`node_modules/${name}`, platformEntry(name, version)]),
  );
}

/** Node's own resolution: the nearest node_modules at or above `location` that holds `name`. */
function resolves(packages, location, name) {
  for (let folder = location; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    if (packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === "") return false;
  }
}

function platformEntry(name, version) {
  const words = name.split(/[/-]/u);
  const named = {
    cpu: words.filter((word) => PROCESSORS.includes(word)),
    libc: words.flatMap((word) => C_LIBRARIES[word] ?? []),
    os: words.filter((word) => SYSTEMS.includes(word)),
  };
  return {
    version,
    optional: true,
    ...Object.fromEntries(Object.entries(named).filter(([, values]) => values.length > 0)),
  };
}
