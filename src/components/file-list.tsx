import type { StoredFile } from "../../lib/storage.ts";

interface FileListProps {
  readonly files: readonly StoredFile[];
}

const SIZE = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const UNITS = ["B", "KiB", "MiB"];

export function FileList({ files }: FileListProps) {
  if (files.length === 0) return <p className="text-soft">Nothing yet. The first sliced model fits here.</p>;
  return (
    <ul className="divide-y divide-line">
      {files.map((file) => (
        <li
          key={file.id}
          className="flex flex-wrap items-baseline justify-between gap-x-6 py-3 first:pt-0 last:pb-0"
        >
          <a
            href={`/api/files/${file.id}`}
            download={file.name}
            className="font-medium break-all text-accent underline underline-offset-4"
          >
            {file.name}
          </a>
          <span className="font-mono text-sm text-soft">
            {sizeText(file.sizeBytes)} · {file.uploadedAt.slice(0, 10)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Bytes as people write them, in units of 1024. */
export function sizeText(bytes: number): string {
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${SIZE.format(bytes / 1024 ** unit)} ${UNITS[unit]}`;
}
