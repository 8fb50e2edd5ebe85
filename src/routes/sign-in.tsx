import { createFileRoute, Link } from "@tanstack/react-router";
import { signIn } from "../clients/account.ts";
import { ownPath } from "../clients/own-path.ts";
import { AccountForm, textOf } from "../components/account-form.tsx";
import { Field } from "../components/ui/field.tsx";

export const Route = createFileRoute("/sign-in")({
  validateSearch: ({ next }: Record<string, unknown>): { readonly next?: string } =>
    next === undefined ? {} : { next: ownPath(next) },
  head: () => ({ meta: [{ title: "Sign in · FM5" }] }),
  component: SignIn,
});

function SignIn() {
  const { next } = Route.useSearch();
  return (
    <AccountForm
      title="Sign in"
      action="Sign in"
      next={ownPath(next)}
      send={(fields) => signIn({ email: textOf(fields, "email"), password: textOf(fields, "password") })}
      footer={
        <>
          New here?{" "}
          <Link to="/sign-up" className="font-semibold text-accent underline underline-offset-4">
            Create an account
          </Link>
        </>
      }
    >
      <Field label="E-mail" name="email" type="email" autoComplete="email" required />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
    </AccountForm>
  );
}
