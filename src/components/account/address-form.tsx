import { useMutation } from "@tanstack/react-query";
import { useApi, type User } from "../../clients/api.ts";
import { outcomeOf } from "../../clients/outcome.ts";
import { AddressField, PasswordField } from "../entry/credential-fields.tsx";
import { ActionForm, textOf } from "../ui/action-form.tsx";
import { Card } from "../ui/card.tsx";

/** The address, and the way to another one: by a mail that goes there. */
export function AddressForm({ user }: { readonly user: User }) {
  const change = useMutation(useApi().account.changeEmail.mutationOptions());
  return (
    <Card title="E-mail address">
      <p className="mb-5">
        It is <strong className="font-semibold break-all">{user.email}</strong>.
      </p>
      <ActionForm
        action="Send a link there"
        resets
        send={(fields) =>
          outcomeOf(
            change.mutateAsync({
              newEmail: textOf(fields, "newEmail"),
              password: textOf(fields, "password"),
            }),
            "A mail is on its way. The address changes when you open its link.",
          )
        }
      >
        {(errors) => (
          <>
            <AddressField label="New address" name="newEmail" error={errors["newEmail"]} />
            <PasswordField error={errors["password"]} />
          </>
        )}
      </ActionForm>
    </Card>
  );
}
