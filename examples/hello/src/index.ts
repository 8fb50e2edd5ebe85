interface Env {
  readonly FILES: R2Bucket;
  readonly VERSION: WorkerVersionMetadata;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const headers = { "x-worker-version": env.VERSION.id };
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/files/")) return new Response("Hello from the edge\n", { headers });
    const key = pathname.slice("/files/".length);
    if (request.method === "PUT") {
      await env.FILES.put(key, request.body);
      return new Response(null, { status: 201, headers });
    }
    const file = await env.FILES.get(key);
    return file === null
      ? new Response("No such file\n", { status: 404, headers })
      : new Response(file.body, { headers });
  },
};
