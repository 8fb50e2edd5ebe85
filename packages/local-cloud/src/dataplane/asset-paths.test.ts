import { expect, test } from "vitest";
import { mayBeAsset } from "./asset-paths.ts";

const FILE = { hash: "0".repeat(32), size: 1 };
const manifest = { "/about/index.html": FILE, "/shelf.html": FILE, "/a b.txt": FILE, "/50%.txt": FILE };

test.each([
  "/about",
  "/about/",
  "/about/index.html",
  "/shelf",
  "//shelf?x=/y",
  "/%73helf",
  "/a%20b.txt",
  "/50%25.txt",
])("%s may be an asset", (path) => {
  expect(mayBeAsset({ config: {}, manifest })(path)).toBe(true);
});

test.each(["/", "/api/about", "/shelf.htm", "/Shelf", "//edge/shelves", "/?/shelf"])(
  "%s is the Worker's",
  (path) => {
    expect(mayBeAsset({ config: {}, manifest })(path)).toBe(false);
  },
);

test.each([
  { not_found_handling: "single-page-application" as const },
  { run_worker_first: ["/api/*"] },
  { run_worker_first: true },
  { base_path: "/shop" },
  { _redirects: "/old /new 302" },
])("any path may be one where %o", (config) => {
  expect(mayBeAsset({ config, manifest })("/api")).toBe(true);
});

test("a path that can't be read may be one", () => {
  expect(mayBeAsset({ config: {}, manifest })("/%zz")).toBe(true);
});
