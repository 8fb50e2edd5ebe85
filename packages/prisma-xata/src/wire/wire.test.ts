import { expect, test } from "vitest";
import { join, statementMessages } from "./messages.ts";
import { MessageReader } from "./reader.ts";
import { startScram } from "./scram.ts";

const CHALLENGE = "r=client+server,s=c2FsdA==,i=4096";

function message(type: string, ...bytes: readonly number[]): Uint8Array {
  return Uint8Array.of(type.charCodeAt(0), 0, 0, 0, bytes.length + 4, ...bytes);
}

test("messages are read whole, however the bytes are cut into pieces", () => {
  const bytes = join(
    message("Z", 73),
    message("C", ...Buffer.from("SELECT 1\0")),
    message("D", 0, 1, 255, 255, 255, 255),
  );
  const reader = new MessageReader();

  const read = Array.from(bytes, (byte) => reader.read(Uint8Array.of(byte))).flat();

  expect(read).toEqual([
    { type: "ready" },
    { type: "complete", tag: "SELECT 1" },
    { type: "row", values: [null] },
  ]);
});

test("a statement's parameters travel as text, null as no value at all, and never inside the SQL", () => {
  const bytes = Buffer.from(statementMessages([{ sql: "SELECT $1, $2", parameters: ["'; DROP", null] }]));

  expect(bytes.toString("latin1")).toContain("SELECT $1, $2\0");
  expect(bytes.includes(Buffer.from("\0\0\0\x07'; DROP\xff\xff\xff\xff", "latin1"))).toBe(true);
});

test("a login proves the password without sending it, and differs each time", async () => {
  const proofs = await Promise.all(
    ["client", "client"].map(
      async (nonce) => (await startScram("secret", nonce).answer(CHALLENGE)).clientFinal,
    ),
  );

  expect(proofs[0]).toMatch(/^c=biws,r=client\+server,p=[\w+/]+=$/u);
  expect(proofs[0]).toBe(proofs[1]);
  expect(startScram("secret").clientFirst).not.toBe(startScram("secret").clientFirst);
});

test("a server that doesn't know the password is found out", async () => {
  const answer = await startScram("secret", "client").answer(CHALLENGE);

  expect(() => answer.verify(`v=${btoa("x".repeat(32))}`)).toThrow("doesn't prove who it is");
});

test.each([
  ["r=other,s=c2FsdA==,i=4096", "answers another login"],
  ["r=client,s=c2FsdA==,i=4096", "answers another login"],
  ["r=client+server,s=c2FsdA==,i=10000000", "asks for 10000000 iterations"],
])("the challenge %s is refused", async (challenge, reason) => {
  await expect(startScram("secret", "client").answer(challenge)).rejects.toThrow(reason);
});
