import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalCloudOptions } from "../cloud-options.ts";
import { startLocalCloud, type LocalCloud } from "../cloud.ts";
import { api, uploadForm, type ApiAnswer } from "./api-client.ts";

/** A local cloud in this process, on free ports and a folder of its own. */
export function startTestCloud(options: Partial<LocalCloudOptions> = {}): Promise<LocalCloud> {
  return startLocalCloud({
    dataDir: mkdtempSync(join(tmpdir(), "local-cloud-test-")),
    port: 0,
    edgePort: 0,
    databasePort: 0,
    databases: [],
    log: () => undefined,
    ...options,
  });
}

/** Uploads a module and puts all traffic of the Worker on it. `metadata` adds bindings, limits and the like. */
export function putWorker(
  { ready }: Pick<LocalCloud, "ready">,
  name: string,
  upload: { readonly source: string; readonly metadata?: object },
): Promise<ApiAnswer> {
  return api(ready, `PUT /workers/scripts/${name}`, uploadForm(upload.source, upload.metadata));
}
