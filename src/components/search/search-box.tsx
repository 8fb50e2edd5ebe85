import { useNavigate } from "@tanstack/react-router";
import Search from "lucide-react/icons/search";
import { type SubmitEvent, useEffect, useRef } from "react";
import { textOf } from "../ui/action-form.tsx";

/** Looks for something from any page; `/` leads here. Without a script it is a form like any other. */
export function SearchBox() {
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  useSlash(input);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const q = textOf(new FormData(form), "q").trim();
    form.reset();
    void navigate({ to: "/search", search: q === "" ? {} : { q } });
  }

  return (
    <search>
      <form action="/search" onSubmit={submit} className="relative">
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 left-3 size-5 -translate-y-1/2 text-soft"
        />
        <input
          ref={input}
          type="search"
          name="q"
          maxLength={200}
          autoComplete="off"
          placeholder="Search"
          aria-label="Search models and filaments"
          aria-keyshortcuts="/"
          className="min-h-11 w-full rounded-lg border border-edge bg-paper pr-3 pl-10 placeholder:text-soft"
        />
      </form>
    </search>
  );
}

/** Moves the focus into the box when `/` is pressed where nothing is typed. */
function useSlash(input: { readonly current: HTMLInputElement | null }) {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      // A box that isn't shown can't take the focus, and the key stays what it is.
      if (input.current?.checkVisibility() !== true) return;
      event.preventDefault();
      input.current.focus();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [input]);
}

function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))
  );
}
