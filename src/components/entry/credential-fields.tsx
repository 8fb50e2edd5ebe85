import { Field } from "../ui/field.tsx";

interface CredentialFieldProps {
  readonly name?: string;
  readonly label?: string;
  readonly error: string | undefined;
}

/** The password that somebody has. */
export function PasswordField({ name = "password", label = "Password", error }: CredentialFieldProps) {
  return (
    <Field
      label={label}
      name={name}
      type="password"
      autoComplete="current-password"
      maxLength={128}
      error={error}
      required
    />
  );
}

/** A password that somebody chooses. */
export function NewPasswordField({ name = "password", label = "Password", error }: CredentialFieldProps) {
  return (
    <Field
      label={label}
      name={name}
      type="password"
      autoComplete="new-password"
      minLength={10}
      maxLength={128}
      hint="Ten characters or more."
      error={error}
      required
    />
  );
}

/** Somebody's e-mail address. */
export function AddressField({ name = "email", label = "E-mail", error }: CredentialFieldProps) {
  return (
    <Field
      label={label}
      name={name}
      type="email"
      autoComplete="email"
      maxLength={254}
      error={error}
      required
    />
  );
}
