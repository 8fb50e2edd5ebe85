import { Field } from "../ui/field.tsx";

interface PrintFileFieldProps {
  readonly required?: boolean;
  /** What is wrong with the chosen file. */
  readonly error: string | null;
}

const NAME = "file";

/** Takes a file to print. Names no endings to the browser: phones know none of them, and would offer nothing. */
export function PrintFileField({ required = false, error }: PrintFileFieldProps) {
  return (
    <Field
      label="Print file"
      name={NAME}
      type="file"
      required={required}
      hint=".3mf, .stl, .gcode or .gcode.3mf, up to 100 MiB"
      error={error ?? undefined}
    />
  );
}

/** The file in a form with such a field; null when none was chosen. */
export function chosenFile(form: FormData): File | null {
  const file = form.get(NAME);
  return file instanceof File && file.name !== "" ? file : null;
}
