import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { ApiOutputs } from "../../clients/api.ts";
import type { Guess } from "../../clients/change.ts";

export type Model = ApiOutputs["models"]["get"];
export type Picture = Model["pictures"][number];
export type Variant = Model["variants"][number];
export type Revision = Variant["revisions"][number];

/** Shows a model at once as a change will leave it. */
export function guessModel<Input>(
  queryKey: QueryKey,
  next: (model: Model, input: Input) => Model,
): Guess<Input> {
  return {
    queryKey,
    show: (queryClient: QueryClient, input: Input) =>
      queryClient.setQueryData<Model>(queryKey, (model) =>
        model === undefined ? undefined : next(model, input),
      ),
  };
}

export function withoutPicture(model: Model, id: string): Model {
  return { ...model, pictures: model.pictures.filter((picture) => picture.id !== id) };
}

export function withAlt(model: Model, id: string, alt: string): Model {
  return {
    ...model,
    pictures: model.pictures.map((picture) => (picture.id === id ? { ...picture, alt } : picture)),
  };
}

/** With its pictures in another order; those that aren't named come last. */
export function withOrder(model: Model, ids: readonly string[]): Model {
  const named = ids.flatMap((id) => model.pictures.filter((picture) => picture.id === id));
  return { ...model, pictures: [...named, ...model.pictures.filter(({ id }) => !ids.includes(id))] };
}

/** The pictures' ids, with one at another place; as they are where there is no such place. */
export function movedPicture(pictures: readonly Picture[], id: string, place: number): readonly string[] {
  const ids = pictures.map((picture) => picture.id);
  if (!ids.includes(id) || place < 0 || place >= ids.length) return ids;
  return ids.filter((one) => one !== id).toSpliced(place, 0, id);
}

export function withoutVariant(model: Model, id: string): Model {
  return { ...model, variants: model.variants.filter((variant) => variant.id !== id) };
}

export function withoutRevision(model: Model, id: string): Model {
  return {
    ...model,
    variants: model.variants.map((variant) => ({
      ...variant,
      revisions: variant.revisions.filter((revision) => revision.id !== id),
    })),
  };
}

/** Whether FM5 still looks at one of its files. */
export function isBeingLookedAt({ pictures, variants }: Model): boolean {
  const files = [...pictures, ...variants.flatMap(({ revisions }) => revisions)].map(({ file }) => file);
  return files.some(({ state }) => state === "processing");
}
