import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { orNotFound } from "../../../clients/load.ts";
import { isBeingLookedAt } from "../../../components/models/guesses.ts";
import { ModelActions } from "../../../components/models/model-actions.tsx";
import { ModelDetails } from "../../../components/models/model-details.tsx";
import { PictureGallery } from "../../../components/models/picture-gallery.tsx";
import { VariantList } from "../../../components/models/variant-list.tsx";
import { Badge } from "../../../components/ui/badge.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

const LOOK_AGAIN_MS = 1000;

export const Route = createFileRoute("/_app/models/$modelId")({
  loader: async ({ context: { queryClient, trpc }, params: { modelId } }) => {
    const [{ name }] = await orNotFound(
      Promise.all([
        queryClient.ensureQueryData(trpc.models.get.queryOptions({ id: modelId })),
        queryClient.ensureQueryData(trpc.models.categories.queryOptions()),
      ]),
    );
    return { name };
  },
  head: ({ loaderData }) => ({ meta: [{ title: `${loaderData?.name ?? "Model"} · FM5` }] }),
  component: ModelPage,
});

function ModelPage() {
  const { modelId } = Route.useParams();
  const { trpc } = Route.useRouteContext();
  const { data: model } = useSuspenseQuery({
    ...trpc.models.get.queryOptions({ id: modelId }),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isBeingLookedAt(data) ? LOOK_AGAIN_MS : false,
  });
  const { data: categories } = useSuspenseQuery(trpc.models.categories.queryOptions());

  return (
    <>
      <PageHeader
        back={{ to: "/models", text: "Models" }}
        title={model.name}
        description={
          <span className="flex flex-wrap items-center gap-2">
            {[model.designer, model.category].filter(Boolean).join(" · ")}
            {model.archived ? <Badge>Put away</Badge> : null}
          </span>
        }
        actions={<ModelActions model={model} categories={categories} />}
      />
      <div className="grid items-start gap-6 lg:grid-cols-[22rem_minmax(0,1fr)] lg:gap-8">
        <div className="space-y-6">
          <PictureGallery model={model} />
          <ModelDetails model={model} />
        </div>
        <VariantList model={model} />
      </div>
    </>
  );
}
