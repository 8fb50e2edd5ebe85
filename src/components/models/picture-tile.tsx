import ArrowLeft from "lucide-react/icons/arrow-left";
import ArrowRight from "lucide-react/icons/arrow-right";
import CircleAlert from "lucide-react/icons/circle-alert";
import Ellipsis from "lucide-react/icons/ellipsis";
import Star from "lucide-react/icons/star";
import TextCursorInput from "lucide-react/icons/text-cursor-input";
import Trash2 from "lucide-react/icons/trash-2";
import { useState } from "react";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Menu } from "../ui/menu.tsx";
import { DescribePictureDialog } from "./describe-picture-dialog.tsx";
import { type Model, movedPicture, type Picture } from "./guesses.ts";
import { useModelChanges } from "./use-model-changes.ts";

interface PictureTileProps {
  readonly model: Model;
  readonly picture: Picture;
  /** From 0, the one that stands for the model. */
  readonly place: number;
}

/** A picture of a model with what can be done about it. */
export function PictureTile({ model, picture, place }: PictureTileProps) {
  return (
    <li
      className={`relative overflow-hidden rounded-xl border border-line bg-sunken ${place === 0 ? "col-span-2" : ""}`}
    >
      <Shown picture={picture} name={nameOf(model, place)} />
      <div className="absolute top-2 right-2 rounded-lg bg-paper/90">
        <PictureActions model={model} picture={picture} place={place} />
      </div>
    </li>
  );
}

function Shown({ picture: { file, alt, url }, name }: { readonly picture: Picture; readonly name: string }) {
  switch (file.state) {
    case "ready":
      return (
        <a href={url} target="_blank" rel="noreferrer">
          <img
            src={url}
            alt={alt || name}
            loading="lazy"
            decoding="async"
            className="aspect-4/3 w-full object-cover"
          />
        </a>
      );
    case "rejected":
      return (
        <p className="flex aspect-4/3 flex-col items-center justify-center gap-2 p-4 text-center text-sm text-bad">
          <CircleAlert className="size-6" />
          {file.problem ?? "This picture can’t be used."}
        </p>
      );
    case "uploading":
    case "processing":
      return (
        <output className="grid aspect-4/3 place-items-center p-4 text-sm text-soft motion-safe:animate-pulse">
          Being looked at …
        </output>
      );
  }
}

type Asked = "describe" | "delete";

function PictureActions({ model, picture, place }: PictureTileProps) {
  const { describePicture, orderPictures, removePicture } = useModelChanges(model.id);
  const [asked, setAsked] = useState<Asked | null>(null);
  const name = nameOf(model, place);
  const moveTo = (next: number) => orderPictures(movedPicture(model.pictures, picture.id, next));
  const dialog = (which: Asked) => ({
    open: asked === which,
    onOpenChange: (open: boolean) => setAsked(open ? which : null),
  });

  return (
    <>
      <Menu
        label={`More for ${name}`}
        icon={<Ellipsis />}
        items={[
          { text: "Describe", icon: <TextCursorInput />, onSelect: () => setAsked("describe") },
          { text: "Make it the first", icon: <Star />, disabled: place === 0, onSelect: () => moveTo(0) },
          {
            text: "Move forward",
            icon: <ArrowLeft />,
            disabled: place === 0,
            onSelect: () => moveTo(place - 1),
          },
          {
            text: "Move back",
            icon: <ArrowRight />,
            disabled: place === model.pictures.length - 1,
            onSelect: () => moveTo(place + 1),
          },
          { text: "Delete", icon: <Trash2 />, danger: true, onSelect: () => setAsked("delete") },
        ]}
      />
      <DescribePictureDialog
        {...dialog("describe")}
        alt={picture.alt}
        onDescribed={(alt) => {
          setAsked(null);
          describePicture(picture.id, alt);
        }}
      />
      <ConfirmDialog
        {...dialog("delete")}
        title="Delete this picture?"
        description="This can’t be undone."
        action="Delete"
        onConfirm={() => {
          setAsked(null);
          removePicture(picture.id);
        }}
      />
    </>
  );
}

/** What a picture is called as long as nobody has described it. */
function nameOf({ name }: Model, place: number): string {
  return `Picture ${place + 1} of ${name}`;
}
