import { createFileRoute, useRouter } from "@tanstack/react-router";
import { leave } from "../clients/account.ts";
import { Button } from "../components/ui/button.tsx";
import { Card } from "../components/ui/card.tsx";
import { FileList } from "../components/file-list.tsx";
import { UploadForm } from "../components/upload-form.tsx";
import { loadFiles } from "../server-functions/files.ts";

export const Route = createFileRoute("/files")({
  headers: () => ({ "cache-control": "no-store" }),
  head: () => ({ meta: [{ title: "Files · FM5" }] }),
  loader: () => loadFiles(),
  component: Files,
});

function Files() {
  const { name, files } = Route.useLoaderData();
  const router = useRouter();

  return (
    <div className="space-y-6">
      <header className="flex flex-wrap items-center justify-between gap-4">
        <div>
          <h1 className="text-3xl font-bold tracking-tight">Files</h1>
          <p className="mt-1 text-soft">Signed in as {name}</p>
        </div>
        <Button look="secondary" onClick={() => void leave()}>
          Sign out
        </Button>
      </header>
      <Card title="Upload a file">
        <UploadForm onUploaded={() => void router.invalidate()} />
      </Card>
      <Card title="Your files">
        <FileList files={files} />
      </Card>
    </div>
  );
}
