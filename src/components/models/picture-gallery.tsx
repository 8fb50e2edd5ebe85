import ImagePlus from "lucide-react/icons/image-plus";
import { useRefreshShop } from "../../clients/change.ts";
import { refusalOfFile } from "../../clients/uploads/check-file.ts";
import { startTransfer } from "../../clients/uploads/transfers.ts";
import { useToast } from "../ui/toast.ts";
import { FileButton } from "../uploads/file-button.tsx";
import { UploadList } from "../uploads/upload-list.tsx";
import type { Model } from "./guesses.ts";
import { PictureTile } from "./picture-tile.tsx";

/** By their content, as FM5 finds out (lib/files/kinds.ts has their names). */
const PICTURES = "image/png,image/jpeg,image/webp";

/** A model's pictures: the first one large, since it stands for the model. */
export function PictureGallery({ model }: { readonly model: Model }) {
  const add = useAddPictures(model.id);
  const { pictures } = model;
  return (
    <section aria-labelledby="pictures" className="space-y-3">
      <div className="flex items-center justify-between gap-4">
        <h2 id="pictures" className="text-xl font-bold tracking-tight">
          Pictures
        </h2>
        <FileButton look="secondary" accept={PICTURES} multiple onFiles={add}>
          <ImagePlus />
          Add pictures
        </FileButton>
      </div>
      {pictures.length === 0 ? (
        <p className="rounded-xl border border-dashed border-edge px-4 py-8 text-center text-sm text-soft">
          No picture yet: .png, .jpg or .webp, up to 10 MiB.
        </p>
      ) : (
        <ul aria-label="Pictures" className="grid grid-cols-2 gap-3">
          {pictures.map((picture, place) => (
            <PictureTile key={picture.id} model={model} picture={picture} place={place} />
          ))}
        </ul>
      )}
      <UploadList place={model.id} />
    </section>
  );
}

function useAddPictures(modelId: string) {
  const refresh = useRefreshShop();
  const toast = useToast();
  return (files: readonly File[]) => {
    for (const file of files) {
      const refusal = refusalOfFile(file, "picture");
      if (refusal === null)
        startTransfer({ file, attachTo: { to: "model", modelId, alt: "" }, onDone: refresh });
      else toast.bad(`${file.name}: ${refusal}`);
    }
  };
}
