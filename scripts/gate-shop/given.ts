import process from "node:process";

/** What a delivery tells its commands. @see docs/configuration.md, gates.commands */
export function given(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== "") return value;
  throw new Error(`${name} is not set: deliveries run this (gates.commands in delivery.config.ts).`);
}
