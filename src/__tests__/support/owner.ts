import { vi } from "vitest";
import type { FileView } from "../../../lib/files/view.ts";
import type { ModelView } from "../../../lib/models/schemas.ts";
import { type UploadOptions, upload } from "../../clients/uploads/upload.ts";
import { newVisitor, type Visitor } from "./visitor.ts";
import type { WorkerUnderTest } from "./worker.ts";

type Sent = Partial<Omit<UploadOptions, "file" | "ask">> & { readonly name?: string };

/** Somebody who is signed in and has a shop. */
export interface Owner extends Visitor {
  /** A query of the API. */
  readonly read: (procedure: string, input?: unknown) => Promise<Answer>;
  /** A mutation of the API. */
  readonly change: (procedure: string, input: unknown) => Promise<Answer>;
  /** Sends a file as the pages do. It is looked at later. */
  readonly send: (content: string | Uint8Array, sent?: Sent) => Promise<FileView>;
  /** A file once it was looked at. */
  readonly looked: (id: string) => Promise<FileView>;
  /** A model with one variant. */
  readonly newModel: (name?: string) => Promise<{ readonly modelId: string; readonly variantId: string }>;
  readonly model: (id: string) => Promise<ModelView>;
}

interface Answer {
  readonly status: number;
  /** What the procedure returned, or what was wrong. */
  readonly data: never;
  readonly error: { readonly message: string; readonly data: Readonly<Record<string, unknown>> };
}

export async function newOwner(worker: WorkerUnderTest): Promise<Owner> {
  const visitor = newVisitor(worker);
  await visitor.signUp();

  const read = async (procedure: string, input?: unknown) => {
    const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return answerOf(await visitor.ask(`/api/trpc/${procedure}${query}`));
  };
  const change = async (procedure: string, input: unknown) =>
    answerOf(await visitor.post(`/api/trpc/${procedure}`, input));
  const id = async (answer: Promise<Answer>) => ((await answer).data as { id: string }).id;

  return {
    ...visitor,
    read,
    change,
    send: (content, { name = "part.gcode", kind = "print", ...options } = {}) =>
      upload({ ...options, kind, ask: visitor.ask, file: new File([content as BlobPart], name) }),
    looked: (fileId) =>
      vi.waitFor(
        async () => {
          const file = (await read("files.get", { id: fileId })).data as FileView;
          if (file.state !== "ready" && file.state !== "rejected")
            throw new Error(`the file is still ${file.state}`);
          return file;
        },
        { interval: 20, timeout: 20_000 },
      ),
    newModel: async (name = "Bracket") => {
      const modelId = await id(change("models.create", { name }));
      return { modelId, variantId: await id(change("variants.create", { modelId, name: "0.2 mm" })) };
    },
    model: async (modelId) => (await read("models.get", { id: modelId })).data,
  };
}

async function answerOf(answer: Response): Promise<Answer> {
  const { result, error } = await answer.json();
  return { status: answer.status, data: result?.data as never, error };
}
