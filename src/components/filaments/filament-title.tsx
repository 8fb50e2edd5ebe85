interface FilamentTitleProps {
  readonly filament: {
    readonly brand: string;
    readonly material: string;
    readonly colorName: string;
  };
}

/** "Plastika PLA, Galaxy Black": how a filament is called in a sentence. */
export function titleOf({ brand, material, colorName }: FilamentTitleProps["filament"]): string {
  return `${brand} ${material}, ${colorName}`;
}

/** A filament's colour in front of where it comes from. */
export function FilamentTitle({ filament }: FilamentTitleProps) {
  return (
    <>
      <span className="block font-semibold break-words">{filament.colorName}</span>
      <span className="block text-sm break-words text-soft">
        {filament.brand} · {filament.material}
      </span>
    </>
  );
}
