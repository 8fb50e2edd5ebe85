import { type ChangeEvent, type ReactNode, useRef } from "react";
import { Button, type ButtonLook } from "../ui/button.tsx";

interface FileButtonProps {
  readonly look?: ButtonLook;
  /** What the browser offers: "image/png,…". */
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/** Asks for files by the browser's own dialog. */
export function FileButton({ look, accept, multiple, onFiles, children }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);

  function take({ currentTarget }: ChangeEvent<HTMLInputElement>) {
    const files = [...(currentTarget.files ?? [])];
    // So that the same file can be chosen again.
    currentTarget.value = "";
    if (files.length > 0) onFiles(files);
  }

  return (
    <>
      <input ref={input} type="file" hidden accept={accept} multiple={multiple} onChange={take} />
      <Button {...(look === undefined ? {} : { look })} onClick={() => input.current?.click()}>
        {children}
      </Button>
    </>
  );
}
