import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useApi, type User } from "../../clients/api.ts";
import { outcomeOf } from "../../clients/outcome.ts";
import { ActionForm, textOf } from "../ui/action-form.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { currencyOptions } from "./currencies.ts";

/** Name and currency. */
export function ProfileForm({ user }: { readonly user: User }) {
  const api = useApi();
  const queries = useQueryClient();
  const router = useRouter();
  const change = useMutation(api.account.changeProfile.mutationOptions());

  async function save(fields: FormData): Promise<void> {
    const profile = { name: textOf(fields, "name").trim(), currency: textOf(fields, "currency") };
    await change.mutateAsync(profile);
    queries.setQueryData(api.me.queryKey(), (me) => (me === undefined ? me : { ...me, ...profile }));
    // Every page takes who is signed in from its route.
    await router.invalidate();
  }

  return (
    <Card title="You">
      <ActionForm action="Save" send={(fields) => outcomeOf(save(fields), "Saved.")}>
        {(errors) => (
          <>
            <Field
              label="Name"
              name="name"
              autoComplete="name"
              defaultValue={user.name}
              maxLength={100}
              error={errors["name"]}
              required
            />
            <Select
              label="Currency"
              name="currency"
              defaultValue={user.currency}
              options={currencyOptions(user.currency)}
              hint="For what filament costs. Prices that you have entered keep their figures."
              error={errors["currency"]}
            />
          </>
        )}
      </ActionForm>
    </Card>
  );
}
