import { messageOf } from "./messages.ts";

export type UploadReply =
  { readonly ok: true; readonly name: string } | { readonly ok: false; readonly message: string };

/** Sends the file as the request's body, so that neither side has to unpack it. */
export async function uploadFile(file: File): Promise<UploadReply> {
  try {
    const answer = await fetch(`/api/files?name=${encodeURIComponent(file.name)}`, {
      method: "POST",
      headers: { "content-type": file.type || "application/octet-stream" },
      body: file,
    });
    return answer.ok ? { ok: true, name: file.name } : { ok: false, message: await messageOf(answer) };
  } catch {
    return { ok: false, message: "FM5 can’t be reached. Please check your connection." };
  }
}
