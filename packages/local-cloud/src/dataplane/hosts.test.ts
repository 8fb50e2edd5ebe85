import { expect, test } from "vitest";
import { destinationOf, type HostDirectory } from "./hosts.ts";

const directory: HostDirectory = {
  customDomain: (hostname) => (hostname === "shop.example.com" ? "shop-production" : undefined),
  worker: (name) =>
    ({
      "shop-production": { subdomainEnabled: false, previewsEnabled: false },
      "shop-staging": { subdomainEnabled: true, previewsEnabled: true },
    })[name],
  previewedVersion: (worker, prefix) =>
    worker === "shop-staging" && ["0123abcd", "my-alias"].includes(prefix) ? `version-${prefix}` : undefined,
};

test.each([
  ["shop.example.com", { kind: "deployment", worker: "shop-production" }],
  ["SHOP.example.com:8701", { kind: "deployment", worker: "shop-production" }],
  ["shop-production.localhost:8701", { kind: "deployment", worker: "shop-production" }],
  ["shop-staging.local.workers.dev", { kind: "deployment", worker: "shop-staging" }],
  ["shop-production.local.workers.dev", { kind: "unknown", hostname: "shop-production.local.workers.dev" }],
  [
    "0123abcd-shop-staging.localhost",
    { kind: "preview", worker: "shop-staging", versionId: "version-0123abcd" },
  ],
  [
    "my-alias-shop-staging.local.workers.dev",
    { kind: "preview", worker: "shop-staging", versionId: "version-my-alias" },
  ],
  ["0123abcd-shop-production.localhost", { kind: "unknown", hostname: "0123abcd-shop-production.localhost" }],
  ["other.example.com", { kind: "unknown", hostname: "other.example.com" }],
  ["127.0.0.1:8701", { kind: "index" }],
  ["localhost", { kind: "index" }],
])("%s goes to %j", (host, destination) => {
  expect(destinationOf(host, directory)).toEqual(destination);
});
