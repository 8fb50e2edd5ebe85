import Boxes from "lucide-react/icons/boxes";
import Cylinder from "lucide-react/icons/cylinder";
import FileCog from "lucide-react/icons/file-cog";
import ListOrdered from "lucide-react/icons/list-ordered";
import LockKeyhole from "lucide-react/icons/lock-keyhole";
import ShoppingCart from "lucide-react/icons/shopping-cart";

const FEATURES = [
  {
    name: "Filament",
    icon: <Cylinder />,
    text: "Every spool with what is left on it and what it cost. Each print takes off what it used, down to the gram.",
  },
  {
    name: "Print queue",
    icon: <ListOrdered />,
    text: "Whether a print can start before it stops at ninety percent: what it needs against what the jobs before it leave.",
  },
  {
    name: "Models and files",
    icon: <Boxes />,
    text: "Models with their variants and every version of their print files, stored safely and downloaded byte for byte.",
  },
  {
    name: "Slicer settings",
    icon: <FileCog />,
    text: "Layer height, temperatures, grams and hours are read from the files of Bambu Studio, Orca, PrusaSlicer and Cura.",
  },
  {
    name: "Shopping list",
    icon: <ShoppingCart />,
    text: "What runs low and what the queue still needs, with the link to where it was bought the last time.",
  },
  {
    name: "Yours",
    icon: <LockKeyhole />,
    text: "Seen by nobody else. Take all of it with you as one export, or delete it, files included.",
  },
];

export function Features() {
  return (
    <section aria-labelledby="features">
      <h2 id="features" className="mb-5 text-2xl font-bold tracking-tight">
        What it does
      </h2>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {FEATURES.map(({ name, icon, text }) => (
          <li key={name} className="rounded-xl border border-line bg-paper p-5 shadow-xs">
            <span className="mb-3 inline-flex rounded-lg bg-accent/12 p-2.5 text-accent [&_svg]:size-5">
              {icon}
            </span>
            <h3 className="font-semibold">{name}</h3>
            <p className="mt-1.5 text-pretty text-soft">{text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
