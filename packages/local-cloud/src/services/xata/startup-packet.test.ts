import { expect, test } from "vitest";
import { asksForEncryption, parsePasswordMessage, parseStartupPacket } from "./startup-packet.ts";

function startup(...words: readonly string[]): Buffer {
  const body = Buffer.from(`\0\x03\0\0${words.map((word) => `${word}\0`).join("")}\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

test("a startup message is split from the password that follows it", () => {
  const message = startup("user", "me", "database", "my-db");
  const password = Buffer.from("p\0\0\0\x0bsecret\0");

  const packet = parseStartupPacket(Buffer.concat([message, password, Buffer.from("Q")]));

  expect(packet).toMatchObject({ parameters: { user: "me", database: "my-db" }, message });
  expect(parsePasswordMessage(packet?.rest ?? Buffer.alloc(0))).toEqual({
    password: "secret",
    rest: Buffer.from("Q"),
  });
});

test("bytes that are no whole message are not taken for one", () => {
  const message = startup("user", "me");

  expect(parseStartupPacket(message.subarray(0, -1))).toBeUndefined();
  expect(parseStartupPacket(Buffer.from("GET / HTTP/1.1\r\n"))).toBeUndefined();
  expect(parsePasswordMessage(Buffer.from("p\0\0\0\xffsecret"))).toBeUndefined();
});

test("a request for encryption is recognised", () => {
  expect(asksForEncryption(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))).toBe(true);
  expect(asksForEncryption(startup("user", "me"))).toBe(false);
});
