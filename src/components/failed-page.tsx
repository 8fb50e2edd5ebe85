import type { ErrorComponentProps } from "@tanstack/react-router";
import { Button } from "./ui/button.tsx";

/** Shown in a browser when a page can't be built there. The server has its own: lib/error-page.ts. */
export function FailedPage({ error }: ErrorComponentProps) {
  return (
    <div className="mx-auto max-w-md text-center" role="alert">
      <h1 className="text-3xl font-bold tracking-tight">Something failed here.</h1>
      <p className="mt-3 mb-8 text-soft">
        {error instanceof Error && error.name === "Error" ? error.message : "Please try again in a moment."}
      </p>
      <Button onClick={() => globalThis.location.reload()}>Try again</Button>
    </div>
  );
}
