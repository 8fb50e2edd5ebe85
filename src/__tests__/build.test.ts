import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT, run } from "./support/build.ts";
import { WORKSHOP } from "./support/build-once.ts";
import { prepared } from "./support/prepared.ts";

/** What the whole upload may weigh; Cloudflare's own limit is 3 MiB without a plan, 10 MiB with one. */
const UPLOAD_LIMIT_BYTES = 1250 * 1024;

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "fm5-upload-"));
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

type Files = ReadonlyMap<string, Buffer>;

async function filesIn(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files = await Promise.all(
    paths.map(async (path) => [relative(folder, path), await readFile(path)] as const),
  );
  return new Map(files);
}

function digests(files: Files): Record<string, string> {
  return Object.fromEntries(
    [...files].map(([path, bytes]) => [path, createHash("sha256").update(bytes).digest("hex")]),
  );
}

let build: string;

beforeAll(async () => {
  build = await prepared("build");
});

describe("the build's output", () => {
  test("is the Worker's modules and static assets, and nothing that must stay at home", async () => {
    const paths = [...(await filesIn(join(build, ".output"))).keys()];

    expect(paths).toEqual(
      expect.arrayContaining([
        "server/index.mjs",
        "public/_headers",
        "public/robots.txt",
        "public/spool.svg",
      ]),
    );
    expect(paths.filter((path) => /\.map$|wrangler|\.dev\.vars|\.env|\.vite/u.test(path))).toEqual([]);
    // Beside them the names of the packages that went in, for the release's bill of materials.
    expect(paths.filter((path) => !/^(?:server|public)\//u.test(path))).toEqual([
      "packages-client.json",
      "packages-ssr.json",
    ]);
  });

  test("holds the name of no folder of this machine", async () => {
    for (const [path, bytes] of await filesIn(join(build, ".output")))
      for (const folder of [ROOT, build, WORKSHOP])
        expect(bytes.includes(folder), `${path} holds ${folder}`).toBe(false);
  });

  test("names every asset of the app by a hash, so that it can be kept for good", async () => {
    const assets = (await readdir(join(build, ".output/public/assets"))).filter(
      (name) => !/-[\w-]{8}\.\w+$/u.test(name),
    );

    expect(assets).toEqual([]);
  });

  test("weighs less than the limit", async () => {
    const files = await filesIn(join(build, ".output/server"));

    // As wrangler tells it: all of it compressed at once.
    const { length } = gzipSync(Buffer.concat([...files.values()]));

    expect(length).toBeLessThan(UPLOAD_LIMIT_BYTES);
  });
});

test("wrangler uploads the same modules to staging and to production", async () => {
  const uploads = await Promise.all(
    ["staging", "production"].map(async (env) => {
      const outdir = join(scratch, `upload-${env}`);
      const args = ["deploy", "--dry-run", "--config", "wrangler.toml", "--env", env, "--outdir", outdir];
      await run({ program: "wrangler", args, cwd: build });
      // wrangler adds a note with the time.
      const { "README.md": _note, ...modules } = digests(await filesIn(outdir));
      return modules;
    }),
  );

  expect(uploads[0]).toHaveProperty("index.mjs");
  expect(uploads[1]).toEqual(uploads[0]);
});
