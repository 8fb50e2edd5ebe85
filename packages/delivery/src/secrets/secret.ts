import { createHmac } from "node:crypto";
import { inspect } from "node:util";

/** A secret's value that can't be printed by accident. Only adapters call `reveal`. */
export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  get isEmpty(): boolean {
    return this.#value === "";
  }

  /** Whether the whole value matches the regular expression. */
  matches(pattern: string): boolean {
    return new RegExp(`^(?:${pattern})$`, "u").test(this.#value);
  }

  /** A keyed fingerprint (HMAC-SHA-256, 32 hex digits): equal for equal values of one name, worth nothing without the key. */
  fingerprint(key: Secret): string {
    return createHmac("sha256", key.#value).update(`${this.name}\0${this.#value}`).digest("hex").slice(0, 32);
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
