/** A form's field as a number; `otherwise` when nothing was entered. */
export function numberIn(form: FormData, name: string, otherwise = 0): number {
  const value = form.get(name);
  return typeof value === "string" && value.trim() !== "" ? Number(value) : otherwise;
}
