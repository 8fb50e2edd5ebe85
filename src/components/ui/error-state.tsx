import CircleAlert from "lucide-react/icons/circle-alert";
import { Button } from "./button.tsx";

interface ErrorStateProps {
  readonly title?: string;
  /** What happened, in a sentence: `sentenceFor(error)`. */
  readonly message: string;
  readonly onRetry?: () => void;
}

/** Stands where something could not be loaded. */
export function ErrorState({ title = "This could not be loaded.", message, onRetry }: ErrorStateProps) {
  return (
    <div
      role="alert"
      className="flex flex-col items-center rounded-xl border border-line bg-paper px-6 py-10 text-center"
    >
      <CircleAlert className="mb-3 size-8 text-bad" />
      <p className="text-lg font-semibold">{title}</p>
      <p className="mt-1 max-w-md text-pretty text-soft">{message}</p>
      {onRetry === undefined ? null : (
        <div className="mt-6">
          <Button look="secondary" onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}
