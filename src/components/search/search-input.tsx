import { useNavigate } from "@tanstack/react-router";
import { type ChangeEvent, type KeyboardEvent, useEffect, useRef } from "react";
import { Field } from "../ui/field.tsx";

interface SearchInputProps {
  /** What is looked for, by the address. */
  readonly q: string;
  /** Puts the focus on the first finding. */
  readonly onDown: () => void;
}

/** Rather than at every letter. */
const PAUSE_MS = 150;

/** What to look for; the address follows while somebody types. */
export function SearchInput({ q, onDown }: SearchInputProps) {
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => showUnlessTyping(form.current, q), [q]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function change({ target: { value } }: ChangeEvent<HTMLInputElement>) {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const search = value.trim() === "" ? {} : { q: value.trim() };
      void navigate({ to: "/search", search, replace: true, resetScroll: false });
    }, PAUSE_MS);
  }

  function press(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    onDown();
  }

  return (
    <search>
      <form ref={form} action="/search">
        <Field
          label="Look for"
          name="q"
          type="search"
          maxLength={200}
          autoComplete="off"
          hint="Names, designers, categories, brands, materials and colours. Press ↓ to go to what is found."
          defaultValue={q}
          onChange={change}
          onKeyDown={press}
        />
      </form>
    </search>
  );
}

/** The address may change by another way than by typing here. */
function showUnlessTyping(form: HTMLFormElement | null, q: string): void {
  const input = form?.querySelector("input");
  if (input && input !== document.activeElement) input.value = q;
}
