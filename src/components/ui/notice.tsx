interface NoticeProps {
  /** Nothing is shown, and nothing announced, while it is null. */
  readonly message: string | null;
  readonly tone: "good" | "bad";
}

const TONES = { good: "border-good text-good", bad: "border-bad text-bad" };

/** Says how an action went. The region stays in the page, so that a screen reader speaks what comes into it. */
export function Notice({ message, tone }: NoticeProps) {
  return (
    <div role={tone === "bad" ? "alert" : "status"}>
      {message === null ? null : (
        <p className={`rounded-lg border-l-4 bg-sunken px-4 py-3 text-sm font-medium ${TONES[tone]}`}>
          {message}
        </p>
      )}
    </div>
  );
}
