import { type SubmitEvent, useState } from "react";
import { uploadFile, type UploadReply } from "../clients/files.ts";
import { Field } from "./ui/field.tsx";
import { Notice } from "./ui/notice.tsx";
import { SubmitButton } from "./ui/submit-button.tsx";

interface UploadFormProps {
  readonly onUploaded: () => void;
}

export function UploadForm({ onUploaded }: UploadFormProps) {
  const [reply, setReply] = useState<UploadReply | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const file = new FormData(form).get("file");
    if (!(file instanceof File)) return;
    setReply(null);
    setBusy(true);
    const answer = await uploadFile(file);
    setBusy(false);
    setReply(answer);
    if (!answer.ok) return;
    form.reset();
    onUploaded();
  }

  return (
    <form method="post" onSubmit={(event) => void submit(event)} className="space-y-5">
      <Field label="File" name="file" type="file" hint="One file of 25 MiB at most." required />
      <Notice message={reply?.ok === true ? `${reply.name} is stored.` : null} tone="good" />
      <Notice message={reply?.ok === false ? reply.message : null} tone="bad" />
      <SubmitButton label="Upload" busyLabel="Uploading …" busy={busy} />
    </form>
  );
}
