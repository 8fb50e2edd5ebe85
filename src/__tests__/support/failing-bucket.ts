import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface FailingBucket {
  readonly stop: () => void;
  readonly objects: string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly fail: (fails: boolean) => void;
}

/** A bucket behind S3's protocol that lists and deletes, and does neither while it fails. */
export async function failingBucket(): Promise<FailingBucket> {
  const objects: string[] = [];
  let fails = false;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const key = decodeURIComponent(pathname).replace(/^\/files\//u, "");
    const prefix = searchParams.get("prefix") ?? "";
    if (fails) response.writeHead(503).end();
    else if (request.method === "DELETE") {
      if (objects.includes(key)) objects.splice(objects.indexOf(key), 1);
      response.writeHead(204).end();
    } else {
      const found = objects.filter((name) => name.startsWith(prefix));
      const contents = found.map((name) => `<Contents><Key>${name}</Key><Size>1</Size></Contents>`).join("");
      const xml = `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`;
      response.writeHead(200, { "content-type": "application/xml" }).end(xml);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    stop: () => server.close(),
    objects,
    settings: {
      R2_ENDPOINT: `http://127.0.0.1:${port}`,
      R2_BUCKET: "files",
      R2_ACCESS_KEY_ID: "key",
      R2_SECRET_ACCESS_KEY: "secret",
    },
    fail: (next) => (fails = next),
  };
}
