import { expect, test } from "vitest";
import { isReservedAddress } from "./reserved-address.ts";

test.each([
  "a@example.com",
  "A@EXAMPLE.ORG",
  "a@mail.example.net",
  "a@shop.test",
  "a@x.invalid",
  "a@localhost",
])("%s is nobody's", (address) => {
  expect(isReservedAddress(address)).toBe(true);
});

test.each(["a@example.de", "a@myexample.com", "example.com@shop.de", "a@test.de", "delivered@resend.dev"])(
  "%s may be somebody's",
  (address) => {
    expect(isReservedAddress(address)).toBe(false);
  },
);
