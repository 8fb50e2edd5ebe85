import { useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import {
  guessModel,
  withAlt,
  withOrder,
  withoutPicture,
  withoutRevision,
  withoutVariant,
} from "./guesses.ts";

interface One {
  readonly id: string;
}

/** What can be done to the parts of a model at a press; shown at once, taken back when the API refuses. */
export function useModelChanges(modelId: string) {
  const { models, variants } = useApi();
  const queryKey = models.get.queryKey({ id: modelId });

  const describe = useShopChange({
    mutation: models.describePicture.mutationOptions(),
    guess: guessModel<One & { readonly alt: string }>(queryKey, (model, { id, alt }) =>
      withAlt(model, id, alt),
    ),
  });
  const order = useShopChange({
    mutation: models.orderPictures.mutationOptions(),
    guess: guessModel<{ readonly pictureIds: readonly string[] }>(queryKey, (model, { pictureIds }) =>
      withOrder(model, pictureIds),
    ),
  });
  const removePicture = useShopChange({
    mutation: models.removePicture.mutationOptions(),
    guess: guessModel<One>(queryKey, (model, { id }) => withoutPicture(model, id)),
  });
  const removeVariant = useShopChange({
    mutation: variants.remove.mutationOptions(),
    guess: guessModel<One>(queryKey, (model, { id }) => withoutVariant(model, id)),
  });
  const removeRevision = useShopChange({
    mutation: variants.removeRevision.mutationOptions(),
    guess: guessModel<One>(queryKey, (model, { id }) => withoutRevision(model, id)),
  });
  return {
    describePicture: (id: string, alt: string) => describe.mutate({ id, alt }),
    orderPictures: (ids: readonly string[]) => order.mutate({ id: modelId, pictureIds: [...ids] }),
    removePicture: (id: string) => removePicture.mutate({ id }),
    removeVariant: (id: string) => removeVariant.mutate({ id }),
    removeRevision: (id: string) => removeRevision.mutate({ id }),
  };
}
