/** A form's field as text; empty when the form has no such field. */
export function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

/** A form's field as a number; `otherwise` when nothing was entered. */
export function numberIn(form: FormData, name: string, otherwise = 0): number {
  const value = textIn(form, name).trim();
  return value === "" ? otherwise : Number(value);
}
