import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type InheritProxy, startInheritProxy } from "./inherit-proxy.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly form: FormData | undefined;
}

let upstream: Server;
let seen: Seen[];
let proxy: InheritProxy;

beforeEach(async () => {
  seen = [];
  upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const type = request.headers["content-type"] ?? "";
    const form = type.startsWith("multipart/")
      ? await new Response(Buffer.concat(chunks), { headers: { "content-type": type } }).formData()
      : undefined;
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, authorization: headers.authorization, form });
    response.writeHead(409, { "content-type": "application/json", "retry-after": "7" });
    response.end('{"success":false}');
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  proxy = await startInheritProxy(`http://127.0.0.1:${port}/client/v4`, "the-serving-version");
});

afterEach(async () => {
  await proxy.stop();
  upstream.close();
});

function upload(): FormData {
  const form = new FormData();
  const bindings = [
    { type: "inherit", name: "KEY" },
    { type: "plain_text", name: "APP_ENV", text: "staging" },
  ];
  form.set("metadata", JSON.stringify({ main_module: "index.mjs", bindings }));
  form.set("index.mjs", new File(["export {}"], "index.mjs", { type: "application/javascript+module" }));
  return form;
}

function metadataOf(request: Seen | undefined): unknown {
  const metadata = request?.form?.get("metadata");
  return typeof metadata === "string" ? JSON.parse(metadata) : undefined;
}

test("an upload names the version in what it inherits, and in nothing else", async () => {
  const url = `${proxy.baseUrl}/accounts/a/workers/scripts/shop/versions?bindings_inherit=strict`;
  const answer = await fetch(url, {
    method: "POST",
    body: upload(),
    headers: { authorization: "Bearer a-token" },
  });

  const [request] = seen;
  expect(request).toMatchObject({
    method: "POST",
    url: "/client/v4/accounts/a/workers/scripts/shop/versions?bindings_inherit=strict",
    authorization: "Bearer a-token",
  });
  expect(metadataOf(request)).toEqual({
    main_module: "index.mjs",
    bindings: [
      { type: "inherit", name: "KEY", version_id: "the-serving-version" },
      { type: "plain_text", name: "APP_ENV", text: "staging" },
    ],
  });
  const module = request?.form?.get("index.mjs");
  expect(
    module instanceof File && { name: module.name, type: module.type, text: await module.text() },
  ).toEqual({
    name: "index.mjs",
    type: "application/javascript+module",
    text: "export {}",
  });
  expect({
    status: answer.status,
    retry: answer.headers.get("retry-after"),
    body: await answer.json(),
  }).toEqual({
    status: 409,
    retry: "7",
    body: { success: false },
  });
});

test("another form passes unchanged", async () => {
  await fetch(`${proxy.baseUrl}/accounts/a/workers/assets/upload`, { method: "POST", body: upload() });

  expect(metadataOf(seen[0])).toMatchObject({
    bindings: [{ type: "inherit", name: "KEY" }, { type: "plain_text" }],
  });
});

test("an API that isn't there breaks the connection, as it would without the proxy", async () => {
  upstream.close();
  upstream.closeAllConnections();

  await expect(fetch(`${proxy.baseUrl}/user/tokens/verify`)).rejects.toThrow("fetch failed");
});
