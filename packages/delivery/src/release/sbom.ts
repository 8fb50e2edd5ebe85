import { posix } from "node:path";
import * as z from "zod";
import { sha256 } from "./archive.ts";

const packageSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  /** Of a link: the folder that it stands for. */
  resolved: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});

/** The part of package-lock.json that tells what is installed where. @see https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
const lockfileSchema = z.looseObject({ packages: z.record(z.string(), packageSchema) });
type Packages = z.infer<typeof lockfileSchema>["packages"];

export interface SbomRequest {
  readonly releaseId: string;
  readonly commit: string;
  /** Instead of the time of the build, so that the same commit gives the same bytes. */
  readonly committedAt: Date;
  readonly archiveSha256: string;
  readonly lockfile: unknown;
  /** Folders such as `node_modules/zod` that the build says it has taken modules from; undefined where it doesn't say. */
  readonly bundled: readonly string[] | undefined;
}

/**
 * What a release is made of: the packages that its bundle has modules of, or, where the build doesn't tell, everything that
 * its production dependencies may bring.
 * @see https://cyclonedx.org/docs/1.6/json/
 * @throws Error for a lock file of another form
 */
export function createSbom(request: SbomRequest): Buffer {
  const { releaseId, commit, committedAt, archiveSha256, lockfile, bundled } = request;
  const packages: Packages = lockfile === undefined ? {} : lockfileSchema.parse(lockfile).packages;
  const closure = productionClosure(packages);
  const folders =
    bundled === undefined
      ? [...closure.keys()]
      : bundled.flatMap((folder) => placeOf(folder, packages) ?? []);
  const components = folders
    .toSorted()
    .map((folder) => component(folder, packages))
    .filter((each) => each !== undefined);
  const known = new Set(components.map((each) => each["bom-ref"]));
  const dependencies = folders.toSorted().map((folder) => ({
    ref: refOf(folder, packages),
    dependsOn: unique((closure.get(folder) ?? []).map((each) => refOf(each, packages))).filter((ref) =>
      known.has(ref),
    ),
  }));
  const root = packages[""];
  const bom = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(archiveSha256)}`,
    version: 1,
    metadata: {
      timestamp: committedAt.toISOString(),
      component: {
        type: "application",
        "bom-ref": releaseId,
        name: root?.name ?? "worker",
        version: releaseId,
        hashes: [{ alg: "SHA-256", content: archiveSha256 }],
      },
      properties: [
        { name: "delivery:commit", value: commit },
        { name: "delivery:components", value: bundled === undefined ? "may be used" : "are in the bundle" },
      ],
    },
    components: uniqueBy(components, (each) => each["bom-ref"]),
    dependencies: uniqueBy(dependencies, ({ ref }) => ref),
  };
  return Buffer.from(`${JSON.stringify(bom, null, 2)}\n`);
}

/** Folder of each package that the root's production dependencies need → the folders of what it needs itself. */
function productionClosure(packages: Packages): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const open = neededBy("", packages);
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (found.has(folder)) continue;
    const needed = neededBy(folder, packages);
    found.set(folder, needed);
    open.push(...needed);
  }
  return found;
}

function neededBy(folder: string, packages: Packages): string[] {
  const entry = packages[folder];
  const names = Object.keys({
    ...entry?.dependencies,
    ...(folder === "" ? {} : { ...entry?.optionalDependencies, ...entry?.peerDependencies }),
  });
  return names.flatMap((name) => installed(name, folder, packages) ?? []);
}

/** As Node resolves: in the package's own folder first, then in each one above it. */
function installed(name: string, from: string, packages: Packages): string | undefined {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const base = folder === "." ? "" : folder;
    const candidate = posix.join(base, "node_modules", name);
    const place = placeOf(candidate, packages);
    if (place !== undefined || base === "") return place;
  }
}

/** The folder itself, or the one that it links to; undefined where nothing is installed. */
function placeOf(folder: string, packages: Packages): string | undefined {
  const entry = packages[folder];
  return entry?.link === true ? entry.resolved : entry && folder;
}

function component(folder: string, packages: Packages) {
  const entry = packages[folder];
  if (entry?.version === undefined) return undefined;
  const ref = refOf(folder, packages);
  const name = nameOf(folder, packages);
  return {
    type: "library",
    "bom-ref": ref,
    name,
    version: entry.version,
    // What npm has no hash of is the project's own.
    ...(folder.includes("node_modules/") && { purl: ref }),
    ...hashesOf(entry.integrity),
    ...(entry.license !== undefined && { licenses: [licenseOf(entry.license)] }),
  };
}

/** @see https://github.com/package-url/purl-spec (npm) */
function refOf(folder: string, packages: Packages): string {
  const name = nameOf(folder, packages).replace(/^@/u, "%40");
  return `pkg:npm/${name}@${packages[folder]?.version ?? ""}`;
}

function nameOf(folder: string, packages: Packages): string {
  return packages[folder]?.name ?? folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
}

function hashesOf(integrity: string | undefined) {
  const [algorithm = "", base64] = integrity?.split(" ")[0]?.split("-") ?? [];
  const alg = { sha512: "SHA-512", sha256: "SHA-256", sha1: "SHA-1" }[algorithm];
  return alg === undefined || base64 === undefined
    ? {}
    : { hashes: [{ alg, content: Buffer.from(base64, "base64").toString("hex") }] };
}

/** An identifier is an expression too; what is no expression is a name. */
function licenseOf(license: string) {
  const isExpression = /^[\w.+-]+$|^\(?[\w.+() -]+(?: (?:AND|OR|WITH) [\w.+() -]+)+\)?$/u.test(license);
  return isExpression ? { expression: license } : { license: { name: license } };
}

/** A UUID of the archive, not of the moment. */
function uuidOf(digest: string): string {
  const hex = sha256(Buffer.from(`sbom of ${digest}`));
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}

function uniqueBy<T>(all: readonly T[], key: (one: T) => string): readonly T[] {
  return [...new Map(all.map((one) => [key(one), one])).values()];
}
