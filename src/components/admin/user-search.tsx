import { useNavigate } from "@tanstack/react-router";
import { type ChangeEvent, useEffect, useRef } from "react";
import { Field } from "../ui/field.tsx";

/** Rather than at every letter. */
const PAUSE_MS = 150;

/** Narrows the list of users; the address follows while somebody types. */
export function UserSearch({ q }: { readonly q: string }) {
  const navigate = useNavigate();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function change({ target: { value } }: ChangeEvent<HTMLInputElement>) {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const search = value.trim() === "" ? {} : { q: value.trim() };
      void navigate({ to: "/admin/users", search, replace: true, resetScroll: false });
    }, PAUSE_MS);
  }

  return (
    <search className="mb-4 block max-w-md">
      <form action="/admin/users">
        <Field
          label="Find somebody"
          name="q"
          type="search"
          maxLength={200}
          autoComplete="off"
          placeholder="Part of a name or address"
          defaultValue={q}
          onChange={change}
        />
      </form>
    </search>
  );
}
