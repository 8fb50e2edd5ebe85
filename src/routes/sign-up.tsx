import { createFileRoute, Link } from "@tanstack/react-router";
import { signUp } from "../clients/account.ts";
import { AccountForm, textOf } from "../components/account-form.tsx";
import { Field } from "../components/ui/field.tsx";

export const Route = createFileRoute("/sign-up")({
  head: () => ({ meta: [{ title: "Create an account · FM5" }] }),
  component: SignUp,
});

function SignUp() {
  return (
    <AccountForm
      title="Create an account"
      action="Create account"
      next="/dashboard"
      send={(fields) =>
        signUp({
          name: textOf(fields, "name"),
          email: textOf(fields, "email"),
          password: textOf(fields, "password"),
        })
      }
      footer={
        <>
          You have one?{" "}
          <Link to="/sign-in" className="font-semibold text-accent underline underline-offset-4">
            Sign in
          </Link>
        </>
      }
    >
      <Field label="Name" name="name" autoComplete="name" maxLength={100} required />
      <Field label="E-mail" name="email" type="email" autoComplete="email" required />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={10}
        maxLength={128}
        hint="Ten characters or more."
        required
      />
    </AccountForm>
  );
}
