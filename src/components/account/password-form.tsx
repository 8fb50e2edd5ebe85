import { useMutation } from "@tanstack/react-query";
import { useApi } from "../../clients/api.ts";
import { outcomeOf } from "../../clients/outcome.ts";
import { NewPasswordField, PasswordField } from "../entry/credential-fields.tsx";
import { ActionForm, textOf } from "../ui/action-form.tsx";
import { Card } from "../ui/card.tsx";
import { useAccountRefresh } from "./refresh.ts";

/** A new password, which ends all other sessions. */
export function PasswordForm() {
  const change = useMutation(useApi().account.changePassword.mutationOptions());
  const refresh = useAccountRefresh();

  async function save(fields: FormData): Promise<void> {
    await change.mutateAsync({
      currentPassword: textOf(fields, "currentPassword"),
      newPassword: textOf(fields, "newPassword"),
    });
    await refresh();
  }

  return (
    <Card title="Password">
      <ActionForm
        action="Change it"
        resets
        send={(fields) => outcomeOf(save(fields), "Changed. Your other sessions have been signed out.")}
      >
        {(errors) => (
          <>
            <PasswordField
              label="Your password now"
              name="currentPassword"
              error={errors["currentPassword"]}
            />
            <NewPasswordField label="New password" name="newPassword" error={errors["newPassword"]} />
          </>
        )}
      </ActionForm>
    </Card>
  );
}
