import { LocalCloudError } from "../errors.ts";

/** A mistake in how a command was called. */
export function usage(message: string): LocalCloudError {
  return new LocalCloudError({
    code: "USAGE",
    message,
    hint: "npx local-cloud --help lists the commands and options.",
  });
}

/** A number that an option gives, or undefined without the option. */
export function numberOf(value: string | undefined, flag: string): number | undefined {
  if (value === undefined) return undefined;
  const number = value.trim() === "" ? Number.NaN : Number(value);
  if (Number.isNaN(number)) throw usage(`${flag} takes a number, not ${value}.`);
  return number;
}
